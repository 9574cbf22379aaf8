/// Languages as films name them: ISO 639.
public enum LanguageCode {
  /// The language of words of which nobody said what it is.
  public static let undetermined = "und"

  /// Whether `text` is a code of two letters that ISO 639-1 has, or any of three (ISO 639-2, 639-3).
  public static func isCode(_ text: String) -> Bool {
    let letters = text.utf8
    guard letters.allSatisfy({ (97...122).contains($0) }) else { return false }
    return letters.count == 3 || threeLetters[text] != nil
  }

  /// What ``isCode(_:)`` takes, as a regular expression.
  public static var pattern: String {
    "^([a-z]{3}|" + threeLetters.keys.sorted().joined(separator: "|") + ")$"
  }

  /// The code of three letters that mp4 and Matroska have: `deu` for `de`.
  public static func threeLetters(of code: String) -> String { threeLetters[code] ?? code }

  /// Codes of two letters with their terminological ones of three, from the registry of ISO 639-2.
  private static let threeLetters: [String: String] = Dictionary(
    uniqueKeysWithValues: table.split(whereSeparator: \.isWhitespace).map {
      (String($0.prefix(2)), String($0.dropFirst(2)))
    })

  private static let table = """
    aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul
    bhbih bibis bmbam bnben bobod brbre bsbos cacat ceche chcha cocos crcre csces cuchu cvchv
    cycym dadan dedeu dvdiv dzdzo eeewe elell eneng eoepo esspa etest eueus fafas ffful fifin
    fjfij fofao frfra fyfry gagle gdgla glglg gngrn guguj gvglv hahau heheb hihin hohmo hrhrv
    hthat huhun hyhye hzher iaina idind ieile igibo iiiii ikipk ioido isisl itita iuiku jajpn
    jvjav kakat kgkon kikik kjkua kkkaz klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor
    kykir lalat lbltz lglug lilim lnlin lolao ltlit lulub lvlav mgmlg mhmah mimri mkmkd mlmal
    mnmon mrmar msmsa mtmlt mymya nanau nbnob ndnde nenep ngndo nlnld nnnno nonor nrnbl nvnav
    nynya ococi ojoji omorm orori ososs papan pipli plpol pspus ptpor quque rmroh rnrun roron
    rurus rwkin sasan scsrd sdsnd sesme sgsag sisin skslk slslv smsmo snsna sosom sqsqi srsrp
    ssssw stsot susun svswe swswa tatam tetel tgtgk ththa titir tktuk tltgl tntsn toton trtur
    tstso tttat twtwi tytah uguig ukukr ururd uzuzb veven vivie vovol wawln wowol xhxho yiyid
    yoyor zazha zhzho zuzul
    """
}
