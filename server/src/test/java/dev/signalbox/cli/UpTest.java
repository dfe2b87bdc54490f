package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.server.ServerUnderTest;
import dev.signalbox.testkit.server.ServerUnderTest.Setup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Starting and ending, with processes as a shell has them.
class UpTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private Map<String, String> environment;

  @BeforeEach
  void makeHome() throws Exception {
    environment =
        Map.of(
            "SIGNALBOX_DATA", folder.resolve("data").toString(),
            "HOME", Files.createDirectories(folder.resolve("home")).toString());
  }

  @Test
  @Tag("R-THR-5")
  void R_THR_5_oneCommandStartsEverythingAndSaysWhereItIs() throws Exception {
    var ready = folder.resolve("ready.json");
    try (var up =
        Program.start(
            folder, environment, "--port", "0", "--no-open", "--ready-file", ready.toString())) {
      await().atMost(SOON).until(() -> Files.exists(ready));

      var note = Rest.JSON.readTree(Files.readString(ready));
      var url = "http://127.0.0.1:" + note.path("port").asInt();
      assertThat(note.path("url").asString()).isEqualTo(url);
      assertThat(note.path("pid").asLong()).isEqualTo(up.handle().pid());
      assertThat(note.path("data").asString()).isEqualTo(folder.resolve("data").toString());
      assertThat(up.out()).matches("Signalbox is ready at " + url + "/#code=[\\w-]+\n");

      var again = Terminal.with(environment).call("up", "--no-open");
      assertThat(again.exit()).isZero();
      assertThat(again.out())
          .matches(
              "Signalbox runs already \\(pid "
                  + up.handle().pid()
                  + "\\): "
                  + url
                  + "/#code=[\\w-]+\n");
      var link = Terminal.with(environment).call("open", "--json", "--no-open").out();
      assertThat(Rest.JSON.readTree(link).path("link").asString()).startsWith(url + "/#code=");

      var down = Terminal.with(environment).call("down");
      assertThat(down.out())
          .isEqualTo("Signalbox (pid %d) is stopped.\n".formatted(up.handle().pid()));
      assertThat(up.end()).isZero();
      assertThat(Terminal.with(environment).call("ls").exit()).isEqualTo(1);
    }
  }

  @Test
  @Tag("R-THR-5")
  void R_THR_5_oneOptionTurnsControlOffAndLooksAreStillFree() {
    var setup = new Setup(folder, Map.of(), List.of("--control", "off"));
    try (var server = ServerUnderTest.start(setup)) {
      var terminal = Terminal.with(Map.of("SIGNALBOX_DATA", server.data().toString()));

      assertThat(terminal.call("ls").exit()).isZero();
      assertThat(terminal.call("agents").exit()).isZero();
      var called =
          terminal.call("send", "--project", folder.toString(), "--agent", "practice", "list");
      assertThat(called.exit()).isEqualTo(1);
      assertThat(called.errLines()).singleElement().asString().containsIgnoringCase("control");
      assertThat(terminal.call("down").exit()).isZero();
    }
  }

  @Test
  @Tag("R-SEC-1")
  void R_SEC_1_aServerIsNotReachedFromOutside() throws Exception {
    try (var server = ServerUnderTest.start(folder)) {
      for (var address : addressesOfOthers()) {
        try (var socket = new Socket()) {
          socket.connect(new InetSocketAddress(address, server.port()), 1_000);
          throw new AssertionError("reached at " + address);
        } catch (java.io.IOException refused) {
          assertThat(refused).isNotNull();
        }
      }
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        assertThat(socket.isConnected()).isTrue();
      }
    }
  }

  @Test
  void inTheBackgroundItIsReadyWhenTheCommandReturns() throws Exception {
    var ready = folder.resolve("ready.json");
    try (var up =
        Program.start(
            folder,
            environment,
            "up",
            "--detach",
            "--port",
            "0",
            "--no-open",
            "--ready-file",
            ready.toString())) {
      assertThat(up.end()).as(up.err()).isZero();
      assertThat(up.out()).startsWith("Signalbox is ready at http://127.0.0.1:");
      var pid = Rest.JSON.readTree(Files.readString(ready)).path("pid").asLong();
      assertThat(pid).isNotEqualTo(up.handle().pid());
      var server = ProcessHandle.of(pid).orElseThrow();
      try {
        assertThat(Terminal.with(environment).call("agents").exit()).isZero();
        assertThat(Terminal.with(environment).call("down").exit()).isZero();
        assertThat(server.isAlive()).isFalse();
      } finally {
        server.destroyForcibly();
      }
    }
  }

  @Test
  void aPortInUseIsOneSentenceAlsoFromTheBackground() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var up =
            Program.start(
                folder, environment, "up", "--no-open", "--port", "" + taken.getLocalPort());
        var detached =
            Program.start(
                folder,
                environment,
                "up",
                "--detach",
                "--context",
                "other",
                "--no-open",
                "--port",
                "" + taken.getLocalPort())) {
      for (var program : List.of(up, detached)) {
        assertThat(program.end()).isEqualTo(1);
        assertThat(program.out()).isEmpty();
        assertThat(program.err().lines())
            .filteredOn(line -> line.contains("" + taken.getLocalPort()) && line.contains("--port"))
            .hasSize(1);
      }
    }
  }

  @Test
  void aDisplayGetsTheLink() throws Exception {
    var bin = Files.createDirectories(folder.resolve("bin"));
    var opener = bin.resolve("xdg-open");
    Files.writeString(
        opener,
        "#!/bin/sh\nprintf %s \"$1\" >"
            + folder.resolve("next")
            + "\nmv "
            + folder.resolve("next")
            + " "
            + folder.resolve("opened")
            + "\n");
    assertThat(opener.toFile().setExecutable(true)).isTrue();

    new Browser(Map.of("DISPLAY", ":7", "PATH", bin + ":/usr/bin:/bin")).open("http://x/#code=y");

    await().atMost(SOON).until(() -> Files.exists(folder.resolve("opened")));
    assertThat(folder.resolve("opened")).hasContent("http://x/#code=y");
  }

  @Test
  void withoutADisplayOrAnOpenerNothingHappens() {
    new Browser(Map.of("PATH", "/usr/bin:/bin")).open("http://x");
    new Browser(Map.of("DISPLAY", ":7", "PATH", folder.toString())).open("http://x");

    assertThat(folder.resolve("opened")).doesNotExist();
  }

  private static List<InetAddress> addressesOfOthers() throws Exception {
    var addresses = new ArrayList<InetAddress>();
    for (var net : NetworkInterface.networkInterfaces().toList()) {
      net.inetAddresses().filter(address -> !address.isLoopbackAddress()).forEach(addresses::add);
    }
    return addresses;
  }
}
