import FastPixPlatform

/// Improbabilities as deviates of a normal distribution.
enum Deviate {
    /// The normal deviate that is as improbable as Student's `t` with so many degrees of freedom (Wallace 1959): at 10
    /// degrees and t = 5 it says 3.46, which is 2.7 in 10,000, as is true.
    static func ofStudent(_ t: Double, freedom: Double) -> Double {
        let size = (8 * freedom + 1) / (8 * freedom + 3) * (freedom * log(1 + t * t / freedom)).squareRoot()
        return t < 0 ? -size : size
    }

    /// What a normal sample exceeds with this probability, below one half.
    static func exceeded(with probability: Double) -> Double {
        // Where erfc ends: what is less probable is as good as impossible.
        var (low, high) = (0.0, 38.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if 0.5 * erfc(middle / 2.0.squareRoot()) > probability { low = middle } else { high = middle }
        }
        return high
    }
}
