/// How the photos of a group are divided for detection.
enum PhotoHalves {
    /// The half, 0 or 1, of the photo that comes at `index` in the order of paths: every other photo, so that both
    /// halves span the whole time.
    static func half(ofPhotoAt index: Int) -> Int { index % 2 }

    /// How many of so many photos are in the first half.
    static func firstCount(of photos: Int) -> Int { (photos + 1) / 2 }

    /// `photos` are in the order of their paths. Rounded moments are bound to it: where frames come in blocks of
    /// a `multiple`, the first half comes first, cut where a block ends.
    static func of(_ photos: [PhotoFile], multiple: Int) -> [[PhotoFile]] {
        if multiple > 1 {
            let first = min(photos.count, (photos.count / 2 + multiple - 1) / multiple * multiple)
            return [Array(photos[..<first]), Array(photos[first...])]
        }
        return [0, 1].map { wanted in photos.indices.filter { half(ofPhotoAt: $0) == wanted }.map { photos[$0] } }
    }
}
