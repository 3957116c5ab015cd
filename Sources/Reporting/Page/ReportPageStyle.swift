/// The style sheet of the report page. Colours are named once for light and once for dark.
enum ReportPageStyle {
    static let css = """
        :root { color-scheme: light dark; --paper: #fbfbf9; --ink: #1d2126; --soft: #5b6470; --line: #d9dcdf;
          --card: #ffffff; --accent: #0b62a8; --mark: #d81b60; --warn: #fff4d6; --warn-line: #c98a00; --bar: #3b6fa3; }
        @media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #e6e8ea; --soft: #9aa4ae;
          --line: #32383e; --card: #1c2024; --accent: #7cbcf5; --mark: #ff6f9f; --warn: #33290f;
          --warn-line: #d9a637; --bar: #6fa4d8; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
          overflow-wrap: anywhere; }
        header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
        header { padding-top: 1.5rem; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
        h2 { font-size: 1.35rem; line-height: 1.3; margin: 2.5rem 0 .5rem; padding-top: 1rem;
          border-top: 1px solid var(--line); }
        header + main > section:first-child > h2 { border-top: 0; margin-top: 1rem; padding-top: 0; }
        h3 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
        h4 { font-size: 1rem; margin: 0; }
        p { margin: .4rem 0; max-width: 46rem; }
        .soft, figcaption { color: var(--soft); font-size: .9rem; }
        a { color: var(--accent); }
        a:focus-visible, input:focus-visible + label, summary:focus-visible, [tabindex]:focus-visible {
          outline: 3px solid var(--accent); outline-offset: 2px; }
        .figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
        .figures li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
          padding: .6rem .9rem; min-width: 7rem; }
        .figures li { max-width: 14rem; }
        .figures b { display: block; font-size: 1.4rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
        .warning { background: var(--warn); border-left: 4px solid var(--warn-line); padding: .5rem .8rem;
          border-radius: .25rem; margin: .6rem 0; max-width: 46rem; }
        .scroll { overflow: auto; max-height: 34rem; margin: .5rem 0; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { white-space: nowrap; overflow-wrap: normal; padding: .3rem .9rem .3rem 0; text-align: right; border-bottom: 1px solid var(--line); }
        th:first-child, td:first-child, th.text, td.text { text-align: left; }
        td.words { white-space: normal; min-width: 14rem; }
        thead th { position: sticky; top: 0; background: var(--paper); }
        th { font-weight: 600; font-size: .85rem; color: var(--soft); }
        .maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem; }
        figure { margin: 0; min-width: 0; }
        .zoom { border: 0; margin: .5rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem;
          align-items: center; }
        .zoom legend { float: left; padding: 0; margin-right: .5rem; font-size: .9rem; color: var(--soft); }
        .zoom input { position: absolute; opacity: 0; width: 1px; height: 1px; }
        .zoom label { border: 1px solid var(--line); background: var(--card); border-radius: .4rem;
          padding: .3rem .7rem; cursor: pointer; font-size: .9rem; }
        .zoom input:checked + label { background: var(--accent); border-color: var(--accent); color: var(--paper); }
        .frame { overflow: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--card);
          max-height: 80vh; overscroll-behavior: contain; }
        .frame svg { display: block; width: 100%; height: auto; max-height: 78vh; }
        .view:has(.two:checked) .frame svg { width: 200%; max-height: none; }
        .view:has(.four:checked) .frame svg { width: 400%; max-height: none; }
        .view:has(.eight:checked) .frame svg { width: 800%; max-height: none; }
        .pixels { image-rendering: pixelated; }
        .marker circle { fill: transparent; stroke: #fff; stroke-width: 2; vector-effect: non-scaling-stroke; }
        .marker circle + circle { stroke: #d81b60; stroke-width: 2; stroke-dasharray: 5 4; }
        .marker rect { fill: none; stroke: #d81b60; stroke-width: 2; vector-effect: non-scaling-stroke; }
        .marker .aim { display: none; stroke: #ffd400; stroke-width: 2; vector-effect: non-scaling-stroke; }
        .marker .edge { stroke: #000; stroke-width: 6; }
        .marker:focus { outline: none; }
        .marker:focus circle, .marker:hover circle, .marker:target circle { stroke-width: 4; }
        .marker:focus circle + circle, .marker:hover circle + circle { stroke: #ffd400; stroke-dasharray: none; }
        .marker:target circle { stroke: #000; stroke-width: 9; }
        .marker:target circle + circle { stroke: #ffd400; stroke-width: 5; stroke-dasharray: none; }
        .marker:target .aim { display: block; }
        .whole { white-space: nowrap; overflow-wrap: normal; }
        .hatch { stroke: #fff; stroke-width: 2; vector-effect: non-scaling-stroke; }
        .unjudged { stroke: #fff; stroke-width: 2; stroke-dasharray: 6 4;
          vector-effect: non-scaling-stroke; }
        .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: .6rem;
          margin: .8rem 0 .2rem; }
        .gallery a { font-size: .85rem; } .gallery svg { display: block; width: 100%; border-radius: .25rem; }
        .time { width: 100%; max-width: 25rem; } svg.time { display: block; height: .9rem; }
        .time rect { fill: var(--line); } .time .since { fill: var(--mark); }
        .shape { font-weight: 400; color: var(--soft); }
        .bar { display: block; width: 100%; height: .7rem; border-radius: .2rem; margin-top: .4rem; }
        .ends { display: flex; justify-content: space-between; font-size: .85rem; color: var(--soft);
          font-variant-numeric: tabular-nums; }
        .defect { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem;
          margin: .9rem 0; }
        .defect:target { border-color: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
        .defect header { padding: 0; margin: 0; max-width: none; display: flex; flex-wrap: wrap;
          justify-content: space-between; gap: .25rem 1rem; }
        .crops { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .75rem;
          margin: .8rem 0 .2rem; }
        .crops svg { display: block; width: 100%; height: auto; border-radius: .25rem; background: #000; }
        .class { display: inline-block; border: 1px solid var(--mark); color: var(--mark); border-radius: 1rem;
          padding: 0 .6rem; font-size: .85rem; font-weight: 600; margin-left: .4rem; vertical-align: .1em; }
        .chart { width: 100%; max-width: 46rem; height: auto; display: block; }
        .chart rect { fill: var(--bar); } .chart line { stroke: var(--line); }
        .chart text { fill: var(--soft); font-size: 13px; }
        dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .15rem 1.2rem; margin: .5rem 0; }
        dt { color: var(--soft); } dd { margin: 0; }
        summary { cursor: pointer; } details { margin: .8rem 0; }
        footer { padding-top: 1rem; padding-bottom: 2.5rem; }
        @media (max-width: 34rem) { body { font-size: 15px; }
          th, td { padding-right: .4rem; } th { font-size: .75rem; }
          .crops { grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); } }
        @media print { .zoom { display: none; } .frame, .scroll { max-height: none; overflow: visible; }
          thead th { position: static; } table { font-size: .8rem; } th, td { padding-right: .5rem; }
          .defect, figure, .gallery, tr, dl { break-inside: avoid; } html, body { font-size: 12px; }
          .crops { grid-template-columns: repeat(5, 1fr); gap: .4rem; } .defect { padding: .5rem; margin: .5rem 0; }
          .maps { grid-template-columns: 1fr 1fr; }
          h2, h3, h3 + p, header, figcaption:first-child { break-after: avoid; } .frame svg { max-height: 60vh; }
          details::details-content { content-visibility: visible; display: block; } }
        """
}
