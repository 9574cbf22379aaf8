internal import GRDB

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Bytes as values of the database.
enum DatabaseBytes {
  static func value(_ bytes: [UInt8]) -> DatabaseValue { Data(bytes).databaseValue }

  static func bytes(_ value: DatabaseValue) -> [UInt8] {
    Data.fromDatabaseValue(value).map { Array($0) } ?? []
  }
}
