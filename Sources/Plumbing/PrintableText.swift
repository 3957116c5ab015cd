extension String {
    /// The text with U+FFFD for control and invisible formatting characters. Names from files and from EXIF may hold
    /// characters that move a terminal's cursor or turn its text around.
    public var printable: String {
        let harmless = unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: "\u{fffd}"
            default: scalar
            }
        }
        return String(UnicodeScalarView(harmless))
    }
}
