import FastPixCodecs

extension Camera {
    /// Whether both may be the same. Unknown on either side agrees with everything: converters drop names, and most lists
    /// have none.
    func agrees(with other: Camera) -> Bool {
        func agree(_ left: String?, _ right: String?) -> Bool { left == nil || right == nil || left == right }
        return agree(make, other.make) && agree(model, other.model) && agree(serial, other.serial)
    }
}
