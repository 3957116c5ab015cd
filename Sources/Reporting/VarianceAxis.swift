import FastPixPlatform

/// From a variance to its place between the darkest colour (0) and the brightest (1).
struct VarianceAxis {
    /// A labelled value.
    struct Tick {
        let fraction: Double
        let label: String
    }

    private enum Span {
        case none
        case single(value: Double)
        case range(minimum: Double, maximum: Double, start: Double, length: Double)
    }

    private let span: Span

    init(minimum: Double, maximum: Double) {
        guard minimum.isFinite, maximum.isFinite, 0 <= minimum, minimum <= maximum else {
            span = .none
            return
        }
        let start = Self.position(minimum)
        let length = Self.position(maximum) - start
        // Below this, neighbouring Doubles would jump over whole colours.
        span =
            length > 1e-12
            ? .range(minimum: minimum, maximum: maximum, start: start, length: length) : .single(value: minimum)
    }

    /// False when there is nothing to draw a scale for.
    var hasValues: Bool { if case .none = span { false } else { true } }

    /// What the colours span, in words.
    var description: String {
        switch span {
        case .none: "Lowest variance of each pixel's channels; no pixel has a value."
        case .single(let value): "Lowest variance of each pixel's channels; every value is \(value)."
        case .range(let minimum, let maximum, _, _):
            "Lowest variance of each pixel's channels as log10(variance + 1), from \(minimum) (dark) "
                + "to \(maximum) (bright)."
        }
    }

    /// The place of `variance`, clamped to 0...1; nil for NaN, and when nothing has a value.
    func fraction(of variance: Double) -> Double? {
        guard !variance.isNaN else { return nil }
        switch span {
        case .none: return nil
        case .single: return 0.5
        case .range(_, _, let start, let length):
            return min(1, max(0, (Self.position(variance) - start) / length))
        }
    }

    /// Values worth a label, the most useful first: zero and powers of ten, then their double and fivefold; round
    /// steps for a range too narrow for those.
    var ticks: [Tick] {
        switch span {
        case .none: return []
        case .single(let value): return [Tick(fraction: 0.5, label: DecimalNumber(rounding: value).text)]
        case .range(let minimum, let maximum, _, _):
            let exponents = DecimalNumber.exponent(max(minimum, maximum * 1e-9))...DecimalNumber.exponent(maximum)
            var numbers: [DecimalNumber] = minimum == 0 ? [DecimalNumber(digits: 0, exponent: 0)] : []
            for digits in [1, 2, 5] {
                numbers += exponents.reversed().map { DecimalNumber(digits: digits, exponent: $0) }
            }
            let inside = { (number: DecimalNumber) in minimum <= number.value && number.value <= maximum }
            numbers.removeAll { !inside($0) }
            if numbers.count < 3 {
                numbers += DecimalNumber.roundSteps(from: minimum, to: maximum).filter { number in
                    inside(number) && !numbers.contains { $0.value == number.value }
                }
            }
            return numbers.map { Tick(fraction: fraction(of: $0.value) ?? 0, label: $0.text) }
        }
    }

    /// log(variance + 1). The base cancels out of every fraction, and log1p is exact for small variances.
    private static func position(_ variance: Double) -> Double { log1p(max(variance, 0)) }
}

/// `digits` times ten to the `exponent`: labels need no rounding that way.
private struct DecimalNumber {
    let digits: Int
    let exponent: Int

    var value: Double {
        // Powers up to 22 are exact, and so is the one rounding of the division.
        exponent < 0 ? Double(digits) / pow(10, Double(-exponent)) : Double(digits) * pow(10, Double(exponent))
    }

    init(digits: Int, exponent: Int) {
        self.digits = digits
        self.exponent = exponent
    }

    /// `value` to four significant digits; what is too small to be scaled without overflow counts as 0.
    init(rounding value: Double) {
        guard value > 1e-300 else {
            self.init(digits: 0, exponent: 0)
            return
        }
        let exponent = Self.exponent(value) - 3
        let scaled = exponent < 0 ? value * pow(10, Double(-exponent)) : value / pow(10, Double(exponent))
        self.init(digits: Int(scaled.rounded()), exponent: exponent)
    }

    /// The power of ten at or below `value`, which is positive.
    static func exponent(_ value: Double) -> Int { Int(log10(value).rounded(.down)) }

    /// About five multiples of 1, 2 or 5 times a power of ten, which may lie a little outside the range.
    static func roundSteps(from minimum: Double, to maximum: Double) -> [DecimalNumber] {
        let rough = (maximum - minimum) / 5
        let exponent = exponent(rough)
        let leading = rough / pow(10, Double(exponent))
        let multiple = leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10
        let step = Double(multiple) * pow(10, Double(exponent))
        let first = Int((minimum / step).rounded(.up))
        return (first...max(first, Int(maximum / step))).map {
            DecimalNumber(digits: $0 * multiple, exponent: exponent)
        }
    }

    var text: String {
        guard digits != 0 else { return "0" }
        var digits = digits
        var exponent = exponent
        while digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        let figures = String(digits)
        // Digits in front of the decimal point.
        let point = figures.count + exponent
        if exponent >= 0, point <= 6 { return figures + String(repeating: "0", count: exponent) }
        if exponent < 0, point > 0 { return "\(figures.prefix(point)).\(figures.dropFirst(point))" }
        if exponent < 0, point > -3 { return "0." + String(repeating: "0", count: -point) + figures }
        let fraction = figures.dropFirst()
        return "\(figures.prefix(1))\(fraction.isEmpty ? "" : ".")\(fraction)e\(point - 1)"
    }
}
