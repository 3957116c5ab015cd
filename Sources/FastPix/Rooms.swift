// `import FastPix` is all that users write: what the jobs take and give is declared in the rooms and comes with them.
@_exported import FastPixAccumulation
@_exported import FastPixBlending
@_exported import FastPixCodecs
@_exported import FastPixDetection
@_exported import FastPixDiscovery
@_exported import FastPixFrames
@_exported import FastPixMaps
@_exported import FastPixPerformance
@_exported import FastPixPlumbing
@_exported import FastPixReporting
@_exported import FastPixStatistics
