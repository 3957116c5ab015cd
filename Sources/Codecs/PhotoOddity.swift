import CCodecs

/// What is against a file's format and leaves its picture whole, as every other reader shows it.
package enum PhotoOddity: String, Sendable, Hashable, Codable, CaseIterable {
    case bytesBetweenSegments = "bytes-between-segments"
    case scanFields = "scan-fields"
    case padding
    case adobeTransform = "adobe-transform"
    case bytesBehindStream = "bytes-behind-stream"

    private var bit: UInt32 {
        switch self {
        case .bytesBetweenSegments: UInt32(FPX_PHOTO_ODD_BYTES_BETWEEN_SEGMENTS)
        case .scanFields: UInt32(FPX_PHOTO_ODD_SCAN_FIELDS)
        case .padding: UInt32(FPX_PHOTO_ODD_PADDING)
        case .adobeTransform: UInt32(FPX_PHOTO_ODD_ADOBE_TRANSFORM)
        case .bytesBehindStream: UInt32(FPX_PHOTO_ODD_BYTES_BEHIND_STREAM)
        }
    }

    /// What a decoder has met.
    package static func all(of bits: UInt32) -> [PhotoOddity] {
        bits == 0 ? [] : allCases.filter { $0.bit & bits != 0 }
    }

    /// "it has bytes ...; its picture is whole"
    static func note(of oddities: [PhotoOddity]) -> String {
        "\(oddities.map(\.words).joined(separator: ", and ")); its picture is whole"
    }

    /// The same of a photo that something is made of, in a list of one sentence; empty when nothing is odd.
    package static func notes(of oddities: [PhotoOddity]) -> [String] {
        oddities.isEmpty ? [] : ["\(note(of: oddities)), and it was taken (strict reading refuses it)"]
    }

    /// "it has bytes ..."
    var words: String {
        switch self {
        case .bytesBetweenSegments: "it has bytes that belong to nothing between its header segments"
        case .scanFields: "its scan has fields that only progressive JPEGs have"
        case .padding: "it has zeros behind the data of its scan"
        case .adobeTransform: "its Adobe segment names a colour transform for four components, and it has three"
        case .bytesBehindStream: "it has bytes behind the end of its compressed data"
        }
    }
}

/// A photo that counts although it is odd.
package struct OddPhoto: Sendable, Codable, Equatable {
    package let path: String
    package let oddities: [PhotoOddity]

    /// In a sentence.
    package var note: String { "\(path): \(PhotoOddity.note(of: oddities)) and counts (strict reading refuses it)" }

    enum CodingKeys: String, CodingKey { case path, oddities }
}
