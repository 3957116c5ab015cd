/// The version of fastpix that wrote a report.
public let fastPixVersion = "0.1.0"
