import Foundation
import TestSupport
import Testing

/// Which files fastpix takes, of the paths it is given.
struct DiscoveryTests {
    private static func hotpixels(_ arguments: [String], in folder: URL) throws -> CommandRun {
        try CommandRun.fastpix(["hotpixels", "--format", "json"] + arguments, in: folder)
    }

    // MARK: Nothing to do

    @Test func aPathThatDoesNotExistIsNamed() throws {
        try withTemporaryFolder { folder in
            let run = try Self.hotpixels(["no/such/photos"], in: folder)
            #expect(run.exitCode == 1)
            // A program that reads the JSON learns the reason, too; as text there is nothing to say.
            #expect(try run.hotPixels().groups.isEmpty)
            #expect(try run.hotPixels().skipped.map(\.path) == ["no/such/photos"])
            #expect(run.stderr.contains("no/such/photos: no such file or folder"))
            #expect(try CommandRun.fastpix(["hotpixels", "no/such/photos"], in: folder).stdout == "")
        }
    }

    @Test func aPathThatDoesNotExistSpoilsNothing() throws {
        try withTemporaryFolder { folder in
            try Photos.add(10, to: folder.addFolder("photos"))
            let run = try Self.hotpixels(["photos", "missing.jpg", "--quiet"], in: folder)
            #expect(run.exitCode == 2)
            #expect(run.stderr == "fastpix: skipped missing.jpg: no such file or folder; check the path\n")
            let result = try run.hotPixels()
            #expect(result.groups.map(\.frames) == [10])
            #expect(result.skipped.map(\.path) == ["missing.jpg"])
        }
    }

    @Test func anEmptyFolderIsSaidToBeEmpty() throws {
        try withTemporaryFolder { folder in
            try folder.addFolder("empty")
            let run = try CommandRun.fastpix(["hotpixels", "empty"], in: folder)
            #expect(run.exitCode == 1)
            #expect(run.stdout == "")
            #expect(
                run.stderr == """
                    fastpix: error: no photos in empty (subfolders are searched with --recursive)

                    """)
        }
    }

    @Test func onePhotoIsTooFew() throws {
        let run = try CommandRun.fastpix(["hotpixels", Photos.tiny.path])
        #expect(run.exitCode == 1)
        #expect(run.stdout == "")
        let last = try #require(run.stderrLines.last)
        #expect(
            last == "fastpix: error: no camera and frame size has the 5 photos that are needed; "
                + "give more photos or lower --minimum-frames")
    }

    @Test func onePhotoHasNoVariance() throws {
        let arguments = ["hotpixels", Photos.tiny.path, "--minimum-frames", "1", "--quiet", "--format"]
        let run = try CommandRun.fastpix(arguments + ["json"])
        #expect(run.exitCode == 0)
        #expect(run.stderr == "")
        let group = try #require(try run.hotPixels().groups.first)
        #expect(group.frames == 1)
        #expect([group.variance.min.value, group.variance.max.value, group.variance.mean] == [nil, nil, nil])
        #expect(group.lowestVariance.map(\.variance) == Array(repeating: nil, count: 10))
        // Null, not absent: JSONDecoder does not tell the two apart.
        #expect(run.stdout.components(separatedBy: "\"variance\" : null").count == 11)
        #expect(run.stdout.components(separatedBy: "\"value\" : null").count == 3)

        let text = try CommandRun.fastpix(arguments + ["text"])
        #expect(text.exitCode == 0)
        #expect(text.stdout.contains("undefined"))
        let csv = try CommandRun.fastpix(arguments + ["csv"])
        #expect(csv.exitCode == 0)
        #expect(csv.stdout.split(separator: "\n").dropFirst().allSatisfy { $0.hasSuffix(",,0.0,,,,,,,,,,,") })
    }

    // MARK: Folders

    @Test func contentDecidesNotTheExtension() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            let png = Photos.decoderFixture("png-rgb8-17x13.png")
            try photos.addCopy(of: Photos.tiny, as: "jpeg.png")
            try photos.addFile("photo.dat", Photos.content(comment: "second"))
            try photos.addFile("UPPER.JPG", Photos.content(comment: "third"))
            try photos.addCopy(of: png, as: "png.jpg")
            try photos.addFile("no extension", Photos.content(of: png, comment: "fifth"))
            try photos.addFile("notes.txt", Data("not a photo".utf8))
            try photos.addFile("README", Data())
            try photos.addCopy(of: Photos.tiny, as: ".hidden.jpg")
            let run = try Self.hotpixels(["photos", "--minimum-frames", "5", "--quiet"], in: folder)
            #expect(run.exitCode == 0)
            #expect(run.stderr == "")
            let result = try run.hotPixels()
            #expect(result.groups.map(\.frames) == [5])
            #expect(result.skipped.isEmpty)

            // A file that is named is tried, whatever it is called.
            let named = try Self.hotpixels(["photos", "photos/notes.txt", "--minimum-frames", "5"], in: folder)
            #expect(named.exitCode == 2)
            #expect(named.stderr.contains("fastpix: skipped photos/notes.txt: "))
        }
    }

    @Test func subfoldersAreEnteredOnRequest() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try Photos.add(2, to: photos)
            try Photos.add(3, named: "deep", to: photos.addFolder("sub/deeper"))
            try photos.addLink("sub/cycle", to: "..")
            try photos.addLink("sub/deeper/again", to: "../../sub")
            try photos.addLink("sub/itself", to: "itself")
            let flat = try Self.hotpixels(["photos", "--minimum-frames", "2", "--quiet"], in: folder)
            #expect(flat.exitCode == 0)
            #expect(flat.stderr == "")
            #expect(try flat.hotPixels().groups.map(\.frames) == [2])
            for flag in ["--recursive", "-r"] {
                let deep = try Self.hotpixels(["photos", flag, "--minimum-frames", "2", "--quiet"], in: folder)
                #expect(deep.exitCode == 0)
                #expect(deep.stderr == "")
                #expect(try deep.hotPixels().groups.map(\.frames) == [5])
            }
        }
    }

    @Test func aPhotoCountsOnce() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try Photos.add(10, to: photos)
            try photos.addLink("link.jpg", to: "photo-0.jpg")
            try FileManager.default.linkItem(
                at: photos.appendingPathComponent("photo-1.jpg"), to: photos.appendingPathComponent("hard.jpg"))
            let run = try Self.hotpixels(["photos", "photos/photo-2.jpg", "photos/../photos/photo-3.jpg"], in: folder)
            #expect(run.exitCode == 0)
            #expect(try run.hotPixels().groups.map(\.frames) == [10])
            #expect(
                run.stderrLines.first == "fastpix: 4 paths led to photos already listed; each photo counts once")
        }
    }

    // MARK: Names

    @Test func unusualNamesWork() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("my photos")
            let names = [
                "a photo.jpg", "it's.jpg", "\"quoted\".jpg", "line\nbreak.jpg", "-dash.jpg", "größe.jpg", "*?[a].jpg",
                "back\\slash.jpg", "$(echo).jpg", "%d %s.jpg",
            ]
            for name in names { try photos.addFile(name, Photos.content(comment: name)) }
            let whole = try Self.hotpixels(["my photos", "--quiet"], in: folder)
            #expect(whole.exitCode == 0)
            #expect(whole.stderr == "")
            #expect(try whole.hotPixels().groups.map(\.frames) == [10])
            let singly = try Self.hotpixels(["--quiet", "--"] + names, in: photos)
            #expect(singly.exitCode == 0)
            #expect(singly.stderr == "")
            #expect(try singly.hotPixels().groups.map(\.frames) == [10])

            // A control character in a name must not reach the terminal, and a line stays a line.
            let bad = try photos.addFile("bad\n\u{1b}[31mname.jpg", Data("no photo".utf8)).lastPathComponent
            let run = try Self.hotpixels(["my photos", "--quiet"], in: folder)
            #expect(run.exitCode == 2)
            #expect(try run.hotPixels().skipped.map(\.path) == ["my photos/\(bad)"])
            #expect(run.stderr.hasPrefix("fastpix: skipped my photos/bad\u{fffd}\u{fffd}[31mname.jpg: "))
            #expect(run.stderrLines.count == 1)
        }
    }

    #if os(Linux)
        // macOS does not store such names.
        @Test func namesNeedNotBeUTF8() throws {
            try withTemporaryFolder { folder in
                let photos = try folder.addFolder("photos")
                try Photos.add(10, to: photos)
                let copied = try CommandRun.shell(
                    #"mv photo-9.jpg "$(printf 'caf\351.jpg')""#, in: photos)
                #expect(copied.exitCode == 0)
                let whole = try Self.hotpixels(["photos", "--quiet"], in: folder)
                #expect(whole.exitCode == 0)
                #expect(whole.stderr == "")
                #expect(try whole.hotPixels().groups.map(\.frames) == [10])
                let singly = try CommandRun.shell(
                    #""$0" hotpixels --format json --quiet photo-?.jpg "$(printf 'caf\351.jpg')""#, in: photos)
                #expect(singly.exitCode == 0)
                #expect(singly.stderr == "")
                #expect(try singly.hotPixels().groups.map(\.frames) == [10])
            }
        }

        /// Two such names look alike once they are text; damage in one photo must not cost the other.
        @Test(arguments: ["exact", "welford"])
        func namesThatLookAlikeAreTwoPhotos(_ accumulator: String) throws {
            try withTemporaryFolder { folder in
                let photos = try folder.addFolder("photos")
                try Photos.add(10, to: photos)
                let made = try CommandRun.shell(
                    #"mv photo-9.jpg "$(printf 'caf\350.jpg')" && head -c 650 photo-0.jpg >"$(printf 'caf\351.jpg')""#,
                    in: photos)
                #expect(made.exitCode == 0)
                let run = try Self.hotpixels(["photos", "--quiet", "--accumulator", accumulator], in: folder)
                #expect(run.exitCode == 2)
                #expect(run.stderrLines.count == 1)
                let result = try run.hotPixels()
                #expect(result.groups.map(\.frames) == [10])
                #expect(result.skipped.count == 1)
            }
        }
    #endif

    // MARK: Folders that cannot be read whole

    @Test(.enabled(if: FaultInjection.isPossible))
    func aFolderThatCannotBeReadToItsEndIsNamed() throws {
        try withTemporaryFolder { folder in
            try Photos.add(30, to: folder.addFolder("photos"))
            let arguments = [
                "hotpixels", "--format", "json", "--quiet", "--no-defects", "--minimum-frames", "1", "photos",
            ]
            let whole = try FaultInjection.fastpix(arguments, calls: [.list], in: folder)
            #expect(whole.run.exitCode == 0)
            // 30 photos, "." and "..", and the end.
            #expect(whole.calls >= 33)
            let broken = try FaultInjection.fastpix(
                arguments, calls: [.list], number: 20, fault: .error(EIO), in: folder)
            #expect(broken.run.exitCode == 2)
            let result = try broken.run.hotPixels()
            #expect(result.skipped.map(\.path) == ["photos"])
            #expect(result.skipped[0].reason.contains("cannot be read to its end"))
            let frames = try #require(result.groups.first).frames
            #expect((17...19).contains(frames))
        }
    }

    /// The system takes no path of more than 4,096 bytes, whatever lies there.
    @Test func foldersThatLieTooDeepAreNamed() throws {
        try withTemporaryFolder { folder in
            try Photos.add(1, to: folder)
            let name = String(repeating: "d", count: 200)
            // Two trees that the system takes, one moved to the end of the other.
            let made = try CommandRun.shell(
                """
                top=$PWD
                for tree in one two; do
                    cd "$top" && mkdir $tree && cd $tree || exit 1
                    for level in $(seq 15); do
                        mkdir \(name) && cp "$top"/*.jpg \(name) && cd \(name) || exit 1
                    done
                done
                mv "$top/one" .
                """, in: folder)
            #expect(made.exitCode == 0)
            let run = try CommandRun.fastpix(["stats", "-r", ".", "--format", "json"], in: folder)
            #expect(run.exitCode == 2)
            let skipped = try run.statistics().skipped
            #expect(skipped.contains { $0.path.hasSuffix(name) && $0.reason.hasPrefix("the path is longer than") })
            #expect(try CommandRun.shell("rm -r two", in: folder).exitCode == 0)
        }
    }

    /// Links are paths to the same photo, not photos of their own.
    @Test func linksThatAreLeftOutAreSaid() throws {
        try withTemporaryFolder { folder in
            let photos = try folder.addFolder("photos")
            try Photos.add(2, to: photos)
            try photos.addLink("soft.jpg", to: "photo-0.jpg")
            try FileManager.default.linkItem(
                at: photos.appendingPathComponent("photo-1.jpg"), to: photos.appendingPathComponent("zhard.jpg"))
            try folder.addFile("map.csv", Data("width,height,row,column\n17,13,2,2\n".utf8))
            for arguments in [
                ["stats", "photos"], ["repair", "photos", "--map", "map.csv", "-o", "repaired"],
                ["repair", "photos", "--map", "map.csv", "-o", "again", "--dry-run"],
                ["addweighted", "photos", "--blur", "3", "-o", "blended"],
            ] {
                let run = try CommandRun.fastpix(arguments, in: folder)
                #expect(run.exitCode == 0)
                let note = "fastpix: 2 paths led to photos already listed; each photo counts once"
                #expect(run.stderr.contains(note + "\n"), "\(arguments): \(run.stderr)")
            }
        }
    }

    @Test func deepFoldersNeedNoDescriptors() throws {
        try withTemporaryFolder { folder in
            var deep = folder.appendingPathComponent("0")
            for level in 1...40 { deep.appendPathComponent("\(level)") }
            try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
            try Photos.add(2, to: deep)
            try Photos.add(1, named: "top", to: folder)
            let run = try CommandRun.shell(
                "ulimit -n 16; \"$0\" stats -r --format json --workers 1 .", in: folder)
            #expect(run.exitCode == 0)
            #expect(try run.statistics().photos == 3)
        }
    }
}
