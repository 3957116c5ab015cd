# Homebrew formula that builds fastpix from source. From the checkout:
#
#   brew install --build-from-source --HEAD Packaging/fastpix.rb
#
# It has not been installed yet. There is no tagged version, so --HEAD is needed.
class Fastpix < Formula
  desc "Finds the bad pixels of a camera in its ordinary photos"
  homepage "https://github.com/fastpix/fastpix"
  license "MIT"
  head "https://github.com/fastpix/fastpix.git", branch: "main"

  depends_on "pkgconf" => :build
  depends_on xcode: ["26.0", :build]
  depends_on "jpeg-turbo"
  depends_on "libexif"
  depends_on "libomp"
  depends_on "libpng"
  depends_on "libraw"
  depends_on "libtiff"
  depends_on macos: :sequoia
  depends_on "xxhash"

  def install
    # Untried: inside Homebrew's sandbox SwiftPM may have to be told --disable-sandbox.
    system "scripts/install", "--prefix", prefix
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/fastpix --version") unless build.head?
    assert_match "fastpix.info/1", shell_output("#{bin}/fastpix info --format json")
  end
end
