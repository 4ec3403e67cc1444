import TableCheck
import Testing

@Suite("The surface")
struct SurfaceTests {
  @Test(
    "has every command, option, operand, setting, exit code and topic, sorted, and not the name")
  func lines() {
    let surface = Surface(sampleTool(named: "anything")).text
    let lines = surface.split(separator: "\n").map(String.init)
    #expect(lines == lines.sorted())
    #expect(surface == Surface(sampleTool()).text)
    for line in [
      "command help [NAME]", "command load PARCEL...", "command load exit 75",
      "command load option --note TEXT repeats", "command load option --wait DURATION = 75m",
      "command load option --side SIDE=port|starboard",
      "command weather [METHOD]=eye|glass [PLACE]", "exit 128+n ended by signal n",
      "option --manifest PATH or $FERRY_MANIFEST", "option -h, --help",
      "setting FERRY_MANIFEST = ./manifest", "topic cron",
    ] {
      #expect(lines.contains(line))
    }
  }
}
