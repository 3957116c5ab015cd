// Finds the defective pixels of a camera in its photos: swift run defects FOLDER

import FastPix
import SystemPackage

let photos = PhotoDiscovery(paths: [FilePath(CommandLine.arguments.dropFirst().first ?? "photos")], recursive: true)
let report = try HotPixelsSearch().run(photos)
for group in report.groups {
    for defect in group.detection?.defects ?? [] { print(group.name, defect.class, defect.row, defect.column) }
}
for warning in report.warnings { print("warning:", warning.message) }
for photo in report.skipped { print("skipped", photo.path, photo.reason) }
