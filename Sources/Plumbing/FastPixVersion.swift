/// The version of fastpix that wrote a report.
package let fastPixVersion = "0.1.0"
