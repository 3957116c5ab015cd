import FastPixPlatform

/// What the library advises, in the words of the command line: the library knows no options.
enum OptionWords {
    static func added(to message: String) -> String {
        table.reduce(message) { message, words in
            message.replacing(words.library, with: words.option)
        }
    }

    /// Ends of sentences, as the library writes them, and the same with options.
    private static let table: [(library: String, option: String)] = [
        ("use fewer workers, or a smaller batch or tile", "use fewer --workers, or a smaller --batch or --tile"),
        ("use fewer workers and a smaller memory limit", "use fewer --workers and a smaller --memory-limit"),
        ("use fewer workers or a smaller batch", "use fewer --workers or a smaller --batch"),
        ("use fewer workers", "use fewer --workers"),
        ("raise the memory limit", "raise --memory-limit"),
        ("leave defects out, or make it anew", "leave them out with --no-defects, or make it anew"),
        ("leave defects out, or use smaller frames", "use --no-defects, or smaller frames"),
        ("leave defects out again", "leave them out again with --no-defects"),
        ("allow overwriting to replace it", "--overwrite replaces it"),
        ("allow any camera to use it nevertheless", "--any-camera uses it nevertheless"),
        ("allow any camera to compare them nevertheless", "--any-camera compares them nevertheless"),
        (
            "give the size and offset of a list that does not say its own",
            "of a list that does not say its own, give "
                + "--map-size and --map-offset"
        ),
        (
            "give the photos' size and where they begin in that frame",
            "give the photos' size and where they begin in that "
                + "frame: --map-size 4000x3000 --map-offset 0,0"
        ),
        ("say whether it counts from the bottom or from the top", "say --map-rows bottom, or top"),
        ("an offset of 0,0 when it counts in the photos", "--map-offset 0,0 when it counts in the photos"),
        ("which takes no suffix;", "which takes no --suffix;"),
        (
            "choose another output or a suffix, or allow overwriting",
            "choose another --output or a --suffix, or --overwrite"
        ),
        ("choose another output or a suffix", "choose another --output or a --suffix"),
        ("choose another output, or allow overwriting", "choose another --output, or --overwrite"),
        ("choose another output folder", "choose another --output"),
        ("file and the format asked for is ", "file and --format is "),
        ("give images of one size, or let the second be resized", "give images of one size, or --resize-b"),
        ("give the photos and the channels it was made with", "give the photos and the --channels it was made with"),
        ("without moments it is counted", "without --moments it is counted"),
        (
            "images are written as JPEG and PNG only; choose one of them",
            "images are written as JPEG and PNG only; choose "
                + "one of them with --format"
        ),
        ("say that names end in zero bytes", "give --null (-0), too"),
        ("take them in shards, each with a checkpoint,", "take them in parts (--shard), each with a --checkpoint,"),
        ("strict reading refuses it", "--strict refuses it"),
        ("a raw file of the camera, or an offset, tells how much", "--raw-sample or --export-offset tells how much"),
        ("where they lie is not known; give their offset", "where they lie is not known; give --export-offset"),
        (
            "give the list to the program that develops them",
            "give the list to the program that develops them (hotpixels --export)"
        ),
        ("keep them apart (group by folder,", "keep them apart (--group-by folder,"),
        ("make one of the states anew without the copy", "make one of the states anew, and --exclude the copy"),
        ("; raise the limit of pixels to read it", "; --max-pixels sets the limit"),
    ]
}
