package dev.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// `./signalbox`, as someone who just cloned the repository meets it.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "on Windows Signalbox runs in WSL2")
class LauncherTest {
  @TempDir private Path folder;
  private Checkout checkout;

  @BeforeEach
  void cloneIt() throws IOException {
    checkout = Checkout.in(folder);
  }

  @Test
  void buildsAtTheFirstStartAndStartsAtOnceAfterwards() throws Exception {
    var jdk = checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");

    var first = checkout.signalbox("up", "--port", "0");
    var second = checkout.signalbox("send", "two words", "");

    assertThat(first.exit()).as(first.err()).isZero();
    assertThat(first.out()).isEqualTo("version 25.0.3\nup\n--port\n0\n");
    assertThat(second.out()).isEqualTo("version 25.0.3\nsend\ntwo words\n\n");
    assertThat(second.err()).isEmpty();
    assertThat(checkout.calls()).containsExactly("mvnw with " + jdk);
  }

  @Test
  void findsJdk25WhenTheOneOnThePathIsOlder() throws Exception {
    var old = checkout.jdk("usr/lib/jvm/java-17", "17.0.15");
    checkout.tool("java", "echo called the old java");
    checkout.tool("javac", "echo javac 17.0.15");
    checkout.set("JAVA_HOME", old.toString());
    checkout.jdk("home/.jdks/openjdk-25", "25");

    assertThat(checkout.signalbox().out()).isEqualTo("version 25\n");
  }

  @Test
  void takesTheJdkItIsGivenBeforeOneThatLiesAround() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.set("JDK25_HOME", checkout.jdk("elsewhere", "26.0.1").toString());

    assertThat(checkout.signalbox().out()).isEqualTo("version 26.0.1\n");
  }

  @Test
  @DisabledOnOs(value = OS.MAC, disabledReason = "file names are UTF-8 there in any locale")
  void givesJavaALocaleWithUtf8WhereThereIsNone() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");

    assertThat(localeGiven()).isEqualTo("C.UTF-8");
    checkout.set("LANG", "de_DE.ISO-8859-1");
    assertThat(localeGiven()).isEqualTo("C.UTF-8");
    checkout.set("LANG", "zh_CN.UTF-8");
    assertThat(localeGiven()).as("it has one").isEqualTo("none");
    checkout.set("LC_ALL", "POSIX");
    assertThat(localeGiven()).as("LC_ALL counts before LANG").isEqualTo("C.UTF-8");
    checkout.set("LC_ALL", "en_US.utf8");
    assertThat(localeGiven()).isEqualTo("en_US.utf8");
  }

  private String localeGiven() throws Exception {
    return checkout.signalbox("locale").out().lines().toList().getLast();
  }

  @Test
  void saysWhatToInstallWhenThereIsNoJdk() throws Exception {
    checkout.jdk("usr/lib/jvm/java-21", "21.0.9");

    refuses("signalbox: JDK 25 or newer is needed and none was found: install one");
  }

  @Test
  void saysWhatToInstallWhenNodeIsMissingOrTooOld() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.write("web/package.json", "{}");

    checkout.tool("node", "echo v18.19.0");
    refuses("Node.js 20 or newer is needed to build the browser app, but `node` is v18.19.0");
    checkout.without("node");
    refuses("Node.js 20 or newer is needed to build the browser app and none was found");
  }

  @Test
  void needsNoNodeOnceTheBrowserAppIsBuilt() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.write("web/package.json", "{}");
    checkout.tool("npm", "true");
    checkout.signalbox();
    checkout.without("node");

    assertThat(checkout.signalbox().exit()).isZero();
  }

  @Test
  void saysWhatToInstallWhenGitIsTooOld() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.tool("git", "echo git version 2.38.9");

    refuses("git 2.39 or newer is needed, but `git` is 2.38.9");
  }

  @Test
  void saysSoWhenThePackageRegistryIsOutOfReach() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.write("mvnw.says", "[ERROR] Could not transfer artifact: Connection refused");

    refuses("a package registry is out of reach, so the build could not fetch what it needs");
    assertThat(checkout.root.resolve("target/app/build.log")).content().contains("transfer");
  }

  @Test
  void namesTheLogWhenTheBuildFails() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.write("mvnw.says", "[ERROR] cannot find symbol");

    refuses("the build failed: the log says why (" + checkout.root.resolve("target/app/build.log"));
  }

  @Test
  void saysSoWhenTheCheckoutCannotBeWritten() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.write("target", "a file where the folder should be");

    refuses("is not writable");
  }

  @Test
  void buildsAgainWhenASourceChangedOrWasRemoved() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.write("server/src/main/java/B.java", "class B {}");
    checkout.age();
    checkout.signalbox();
    checkout.write("server/src/main/java/A.java", "class A { int changed; }");
    checkout.signalbox();
    checkout.age();
    checkout.signalbox();
    Files.delete(checkout.root.resolve("server/src/main/java/B.java"));
    checkout.signalbox();

    assertThat(checkout.calls()).hasSize(3);
  }

  @Test
  void buildsAgainWhenTheLastBuildFailed() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.write("mvnw.says", "[ERROR] cannot find symbol");
    checkout.signalbox();
    Files.delete(checkout.root.resolve("mvnw.says"));

    assertThat(checkout.signalbox().exit()).isZero();
  }

  @Test
  void twoFirstStartsAtOnceBuildOnce() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    var script = checkout.root.resolve("signalbox");
    var starts =
        IntStream.range(0, 4)
            .mapToObj(n -> {
              try {
                return checkout.start(script, "ls");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            })
            .toList();

    for (var start : starts) {
      assertThat(Checkout.await(start).out()).isEqualTo("version 25.0.3\nls\n");
    }
    assertThat(checkout.calls()).hasSize(1);
    assertThat(checkout.builds()).hasSize(1);
  }

  @Test
  void worksThroughASymbolicLink() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    var first = Files.createSymbolicLink(folder.resolve("first"), Path.of("a check out/signalbox"));
    var second = Files.createSymbolicLink(folder.resolve("second"), first.getFileName());

    assertThat(Checkout.await(checkout.start(second, "ls")).out()).endsWith("\nls\n");
  }

  @Test
  void keepsTheBuildARunningServerUses() throws Exception {
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    var server = checkout.start(checkout.root.resolve("signalbox"), "up", "--wait");
    assertThat(server.inputReader().readLine()).isEqualTo("version 25.0.3");
    var used = checkout.builds().getFirst();
    for (var n = 0; n < 5; n++) {
      checkout.write("server/src/main/java/A.java", "class A { int n = " + n + "; }");
      checkout.signalbox("ls");
      checkout.age();
    }

    assertThat(checkout.builds()).hasSize(4).contains(used);
    server.getOutputStream().close();
  }

  @Test
  void makesTheCacheForFastStartsOnceForABuildAndAJdk() throws Exception {
    checkout.set("SIGNALBOX_AOT", "on");
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.signalbox();
    checkout.signalbox();
    checkout.set("JAVA_HOME", checkout.jdk("elsewhere", "26").toString());
    checkout.signalbox();

    assertThat(checkout.calls().stream().skip(1))
        .containsExactly("train", "java with cache", "java with cache", "train", "java with cache");
  }

  @Test
  void startsWithoutTheCacheWhenItCannotBeMadeAndDoesNotTryEachTime() throws Exception {
    checkout.set("SIGNALBOX_AOT", "on");
    checkout.jdk("usr/lib/jvm/temurin-25-jdk", "25.0.3");
    checkout.write("train.fails", "");

    assertThat(checkout.signalbox().out()).isEqualTo("version 25.0.3\n");
    assertThat(checkout.signalbox().out()).isEqualTo("version 25.0.3\n");
    assertThat(checkout.calls().stream().skip(1)).containsExactly("train");
  }

  @Test
  void installsPackagesOfTheBrowserAppOnlyWhenTheLockFileChanged() throws Exception {
    checkout.write("web/package.json", "{}");
    checkout.write("web/package-lock.json", "1");
    checkout.write("web/src/main.ts", "one");
    checkout.tool(
        "npm",
        """
        echo "npm $1" >>"$CHECKOUT/calls"
        mkdir -p node_modules
        if [ "$1" = run ]; then mkdir -p "$5"; echo page >"$5/index.html"; fi
        """);
    checkout.age();

    webBuild();
    webBuild();
    checkout.write("web/src/main.ts", "two");
    webBuild();
    checkout.write("web/package-lock.json", "2");
    webBuild();

    assertThat(checkout.calls())
        .containsExactly("npm ci", "npm run", "npm run", "npm ci", "npm run");
    assertThat(checkout.root.resolve("server/target/classes/web/index.html")).exists();
  }

  private void webBuild() throws Exception {
    var ran = Checkout.await(checkout.start(checkout.root.resolve("bin/web-build")));
    assertThat(ran.exit()).as(ran.err()).isZero();
    checkout.age();
  }

  /// Starts it, and expects one sentence with the way out, exit code 1 and nothing half-made.
  private void refuses(String sentence) throws Exception {
    var ran = checkout.signalbox();

    var last = ran.err().lines().toList().getLast();
    assertThat(ran.exit()).as(ran.err()).isOne();
    assertThat(last).startsWith("signalbox: ").contains(sentence);
    assertThat(ran.out()).isEmpty();
    assertThat(checkout.builds()).isEmpty();
    assertThat(checkout.root.resolve("target/app/current")).doesNotExist();
  }
}
