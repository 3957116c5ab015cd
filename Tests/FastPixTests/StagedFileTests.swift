import FastPixPlumbing
import SystemPackage
import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct StagedFileTests {
    @Test func appearsOnlyOnCommit() throws {
        try withScratchFolder { folder in
            let path = folder + "/report.txt"
            var file = try StagedFile(target: path)
            try file.write("first ")
            try file.write("and second\n")
            #expect(names(in: folder).count == 1)
            #expect(names(in: folder).allSatisfy { $0.hasPrefix(".report.txt.") && $0.hasSuffix(".partial") })
            try file.commit()
            #expect(names(in: folder) == ["report.txt"])
            #expect(contents(of: path) == Array("first and second\n".utf8))
        }
    }

    /// Somebody may take the name between the start and the end of the work.
    @Test func replacesNothingUnlessAllowed() throws {
        try withScratchFolder { folder in
            let path = folder + "/image.png"
            var file = try StagedFile(target: path)
            try file.write("new")
            put("taken", at: path)
            var failed = false
            do throws(FastPixError) {
                try file.commit(replacing: false)
            } catch {
                failed = error.code == .unwritable
            }
            #expect(failed)
            #expect(names(in: folder) == ["image.png"])
            #expect(contents(of: path) == Array("taken".utf8))
        }
        try withScratchFolder { folder in
            var file = try StagedFile(target: folder + "/image.png")
            try file.write("new")
            try file.commit(replacing: false, durably: false)
            #expect(names(in: folder) == ["image.png"])
            #expect(contents(of: folder + "/image.png") == Array("new".utf8))
        }
    }

    @Test func droppedLeavesNothing() throws {
        try withScratchFolder { folder in
            let path = folder + "/report.txt"
            put("old", at: path)
            do {
                var file = try StagedFile(target: path)
                try file.write("new")
            }
            #expect(names(in: folder) == ["report.txt"])
            #expect(contents(of: path) == Array("old".utf8))
        }
    }

    @Test(arguments: [1, 1000, 65_535, 65_536, 65_537, 200_000])
    func keepsEveryByteWhateverTheBuffering(chunk: Int) throws {
        try withScratchFolder { folder in
            let path = folder + "/bytes"
            let expected = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            var file = try StagedFile(target: path)
            var start = 0
            while start < expected.count {
                let part = Array(expected[start..<min(start + chunk, expected.count)])
                try append(part, to: &file)
                start += chunk
            }
            try file.commit()
            #expect(contents(of: path) == expected)
        }
    }

    @Test func newFileFollowsUmaskAndOldFileKeepsItsPermissions() throws {
        try withScratchFolder { folder in
            let fresh = folder + "/fresh"
            try StagedFile(target: fresh).commit()
            // The system's own creation is the reference: umask cannot be read without changing it for all threads.
            put("", at: folder + "/reference")
            #expect(permissions(of: fresh) == permissions(of: folder + "/reference"))

            let secret = folder + "/secret"
            put("old", at: secret)
            #expect(chmod(secret, 0o600) == 0)
            try StagedFile(target: secret).commit()
            #expect(permissions(of: secret) == 0o600)
        }
    }

    @Test func linkStaysALink() throws {
        try withScratchFolder { folder in
            #expect(mkdir(folder + "/real", 0o755) == 0)
            put("old", at: folder + "/real/data")
            #expect(symlink("real/data", folder + "/link") == 0)
            var file = try StagedFile(target: folder + "/link")
            try file.write("new")
            try file.commit()

            var information = stat()
            #expect(lstat(folder + "/link", &information) == 0)
            #expect(information.st_mode & S_IFMT == S_IFLNK)
            #expect(contents(of: folder + "/real/data") == Array("new".utf8))
            #expect(names(in: folder + "/real") == ["data"])
        }
    }

    @Test func linkThatLeadsNowhereIsRefused() throws {
        try withScratchFolder { folder in
            #expect(symlink("missing", folder + "/link") == 0)
            expectError(.notFound, mentioning: "leads nowhere", target: folder + "/link")
        }
    }

    @Test func folderIsRefused() throws {
        try withScratchFolder { folder in
            expectError(.invalidArgument, mentioning: "is a folder", target: folder)
            expectError(.invalidArgument, mentioning: "names a folder", target: folder + "/new/")
        }
    }

    @Test func missingFolderIsRefused() throws {
        try withScratchFolder { folder in
            expectError(.notFound, mentioning: "does not exist", target: folder + "/missing/report.txt")
            #expect(names(in: folder).isEmpty)
        }
    }

    @Test(arguments: ["", "a\0b"])
    func impossiblePathIsRefused(path: String) {
        expectError(.invalidArgument, mentioning: "empty or contains a zero byte", target: path)
    }

    @Test func longNameStillFits() throws {
        try withScratchFolder { folder in
            let name = String(repeating: "n", count: 255)
            try StagedFile(target: folder + "/" + name).commit()
            #expect(names(in: folder) == [name])
        }
    }

    @Test func pipeIsWrittenDirectly() throws {
        try withScratchFolder { folder in
            let path = folder + "/pipe"
            #expect(mkfifo(path, 0o600) == 0)
            // Held open for both directions, the pipe needs no second thread to read it.
            let reader = open(path, O_RDWR | O_NONBLOCK)
            defer { _ = close(reader) }
            var file = try StagedFile(target: path)
            try file.write("through")
            try file.commit()
            var bytes = [UInt8](repeating: 0, count: 16)
            let count = read(reader, &bytes, bytes.count)
            #expect(Array(bytes.prefix(max(0, count))) == Array("through".utf8))
            #expect(names(in: folder) == ["pipe"])
        }
    }

    @Test func openDescriptorIsContinued() throws {
        try withScratchFolder { folder in
            let path = folder + "/log"
            put("before ", at: path)
            let descriptor = open(path, O_WRONLY | O_APPEND)
            defer { _ = close(descriptor) }
            var file = try StagedFile(target: "/dev/fd/\(descriptor)")
            try file.write("after")
            try file.commit()
            #expect(contents(of: path) == Array("before after".utf8))
        }
    }

    #if os(Linux)
        @Test func fullDiskIsReportedAndRemembered() throws {
            var file = try StagedFile(target: "/dev/full")
            #expect(throws: FastPixError.self) { try append([UInt8](repeating: 1, count: 70_000), to: &file) }
            let remembered = file.failure
            let failure = try #require(remembered)
            #expect(failure.code == .unwritable)
            #expect(failure.systemErrno == ENOSPC)
            #expect(failure.path == "/dev/full")
            do {
                try file.commit()
                Issue.record("a file with a failed write was committed")
            } catch {
                #expect(error.systemErrno == ENOSPC)
            }
        }
    #endif

    // MARK: - Helpers

    private func expectError(_ code: FastPixError.Code, mentioning words: String, target: String) {
        do {
            _ = try StagedFile(target: target)
            Issue.record("\(target) was accepted")
        } catch {
            #expect(error.code == code)
            #expect(error.path == FilePath(target))
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    private func append(_ bytes: [UInt8], to file: inout StagedFile) throws {
        try bytes.withUnsafeBytes { try file.write($0) }
    }

    private func withScratchFolder(_ body: (String) throws -> Void) throws {
        let folder = try #require(makeFolder())
        defer { remove(folder) }
        try body(folder)
    }

    private func makeFolder() -> String? {
        var template = Array("/tmp/fastpix-staged-file.XXXXXX".utf8CString)
        return template.withUnsafeMutableBufferPointer { name in
            mkdtemp(name.baseAddress!).map { String(cString: $0) }
        }
    }

    private func remove(_ folder: String) {
        for name in names(in: folder) {
            let path = folder + "/" + name
            if unlink(path) != 0 { remove(path) }
        }
        _ = rmdir(folder)
    }

    private func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private func put(_ text: String, at path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
        defer { _ = close(descriptor) }
        _ = text.withCString { write(descriptor, $0, text.utf8.count) }
    }

    private func contents(of path: String) -> [UInt8]? {
        guard let stream = fopen(path, "rb") else { return nil }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { bytes += chunk.prefix(count) }
        return bytes
    }

    private func permissions(of path: String) -> mode_t? {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_mode & 0o777 : nil
    }
}
