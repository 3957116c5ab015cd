/// The forms in which maps of the mean and the variance are written.
package enum MapFormat: String, Sendable, CaseIterable {
    /// NumPy, float64: (height, width), for colours (height, width, 3).
    case npy
    /// float32, without compression, for programs of microscopes.
    case tiff
    /// float32, for programs of astronomers: colours are three planes; the first row of the photos comes first.
    case fits

    var fileExtension: String { self == .tiff ? "tif" : rawValue }
}
