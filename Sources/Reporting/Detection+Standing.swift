import FastPixDetection

/// What is said of parts of the frame that stand still.
extension Detection {
    /// A hundredth of the frame: blocks that are alike by chance are fewer.
    var isStandingNotable: Bool { !isFixedView && standingShare >= 0.01 }

    var standingPercent: Int { max(1, Int((100 * standingShare).rounded())) }
}
