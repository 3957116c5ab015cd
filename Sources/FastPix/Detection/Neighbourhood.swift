/// The pixels that a pixel is judged against.
///
/// Five by five pixels, two and three away from the pixel in each direction: what demosaicing and compression smear
/// from a defect into its direct neighbours does not become part of the standard it is held against.
enum Neighbourhood {
    /// Distances in rows and in columns.
    static let taps = [-3, -2, 0, 2, 3]
    static let count = taps.count * taps.count
    /// Index of the pixel itself among the `count`, rows first.
    static let centre = count / 2
    /// Pixels closer than this to the frame's edge lack neighbours and are not judged.
    static let margin = 3
    /// Steps in rows and columns to a pixel itself and its direct neighbours.
    static let nearestFirst = [
        (0, 0), (-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1),
    ]
}
