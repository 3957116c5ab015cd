// Blends images with the FastPix library: two in memory, and files with their own blur.
//
//     swift run blend PHOTO-OR-FOLDER OUTPUT-FOLDER
import FastPix
import SystemPackage

// In memory: samples in, samples out, as OpenCV's addWeighted computes them.
let first = try PixelImage<UInt8>(width: 2, height: 1, channels: 3, samples: [0, 100, 200, 255, 10, 20])
let second = try PixelImage<UInt8>(width: 2, height: 1, channels: 3, samples: [50, 50, 50, 255, 30, 40])
let blend = try BlendWeights(alpha: 0.7, beta: 0.3).blend(first, second)
print("in memory: \(blend.samples)")

// Files: local contrast enhanced, formats and metadata kept, one image after the other on every processor.
guard CommandLine.arguments.count == 3 else { fatalError("usage: blend PHOTO-OR-FOLDER OUTPUT-FOLDER") }
let plan = try BlendPlan(
    [FilePath(CommandLine.arguments[1])], blur: GaussianBlur(size: 15),
    naming: BlendNaming(output: FilePath(CommandLine.arguments[2]), isFolder: true, suffix: "_contrast"))
let weights = BlendWeights(alpha: 4, beta: -4, gamma: 128)
let report = try ImageBlending(BlendSettings(weights: weights)).run(plan)
for skipped in report.skipped { print("skipped \(skipped.path): \(skipped.reason)") }
print("files: \(report.images.count) of \(plan.count) made")
