import Testing

@testable import XAuthTool

@Suite("Where images are built")
struct BuildContextTests {
  /// The files whose rules count in a folder with these files.
  private func ruleFiles(_ names: String..., compose: String = "") -> [String]? {
    BuildContext(folder: "/srv", names: names, text: { _ in compose })?.ruleFiles
  }

  @Test("where there is a recipe, by whatever name, or rules for one")
  func recipes() {
    for name in [
      "Dockerfile", "dockerfile", "Containerfile", "Dockerfile.web", "web.Dockerfile",
      "Containerfile.web", ".dockerignore",
    ] {
      #expect(ruleFiles("package.json", name) == [".dockerignore"], "\(name)")
    }
    for name in ["package.json", "Dockerfiles", "mydockerfile", ".env", "docker-compose.yml.md"] {
      #expect(ruleFiles(name, compose: "build: .") == nil, "\(name)")
    }
  }

  @Test("a compose file counts where it builds something")
  func compose() {
    let pulled = "services:\n  db:\n    image: postgres # build: none\n"
    for name in ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.dev.yaml"] {
      #expect(ruleFiles(name, compose: pulled) == nil)
      #expect(ruleFiles(name, compose: pulled + "  web:\r\n    build: .\r\n") == [".dockerignore"])
    }
  }

  @Test("Podman's rules, and those of one recipe alone")
  func otherRules() {
    #expect(ruleFiles("Containerfile", ".containerignore") == [".containerignore"])
    #expect(
      ruleFiles("Dockerfile", ".containerignore", ".dockerignore")
        == [".dockerignore", ".containerignore"])
    #expect(ruleFiles("Dockerfile", "Dockerfile.dockerignore") == ["Dockerfile.dockerignore"])
    #expect(
      ruleFiles("Dockerfile", "web.Dockerfile", "web.Dockerfile.dockerignore", ".dockerignore")
        == [".dockerignore", "web.Dockerfile.dockerignore"])
  }
}
