package dev.signalbox.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where everything of one user's Signalbox lies: the shared configuration and, apart from it, the
/// runtime contexts.
///
/// @param root absolute
/// @param config the shared configuration; never inside a context, and no context inside it
/// @param contexts holds one folder for each runtime context
public record DataFolder(Path root, Path config, Path contexts) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{32,128}");

  public DataFolder {
    if (config.startsWith(contexts) || contexts.startsWith(config)) {
      throw Refused.invalid(
          "locations_overlap",
          "The configuration (%s) and the contexts (%s) must be apart: set %s or %s to another folder."
              .formatted(config, contexts, CONFIG_VARIABLE, CONTEXTS_VARIABLE));
    }
  }

  private static final String CONFIG_VARIABLE = "SIGNALBOX_CONFIG";
  private static final String CONTEXTS_VARIABLE = "SIGNALBOX_CONTEXTS";

  /// Says where the data folder is; makes nothing.
  ///
  /// @param option what the command line said, or null for the platform's place: `SIGNALBOX_DATA`,
  ///   else `$XDG_DATA_HOME/signalbox`, else `~/.local/share/signalbox` (macOS:
  ///   `~/Library/Application Support/Signalbox`)
  /// @param environment also `SIGNALBOX_CONFIG` and `SIGNALBOX_CONTEXTS`, which move the two parts
  /// @throws Refused when there is no home to put it in, or when the two parts overlap
  public static DataFolder locate(@Nullable String option, Map<String, String> environment) {
    var root = root(option, environment).toAbsolutePath().normalize();
    return new DataFolder(
        root,
        place(environment.get(CONFIG_VARIABLE), root.resolve("config")),
        place(environment.get(CONTEXTS_VARIABLE), root.resolve("contexts")));
  }

  private static Path place(@Nullable String chosen, Path usual) {
    return chosen == null || chosen.isBlank()
        ? usual
        : Path.of(chosen).toAbsolutePath().normalize();
  }

  private static Path root(@Nullable String option, Map<String, String> environment) {
    var chosen = option != null ? option : environment.get("SIGNALBOX_DATA");
    if (chosen != null && !chosen.isBlank()) {
      return chosen.equals("~") || chosen.startsWith("~/")
          ? home(environment).resolve(chosen.substring(Math.min(2, chosen.length())))
          : Path.of(chosen);
    }
    if (System.getProperty("os.name", "").startsWith("Mac")) {
      return home(environment).resolve("Library/Application Support/Signalbox");
    }
    var shared = environment.get("XDG_DATA_HOME");
    return shared != null && shared.startsWith("/")
        ? Path.of(shared, "signalbox")
        : home(environment).resolve(".local/share/signalbox");
  }

  private static Path home(Map<String, String> environment) {
    var home = environment.get("HOME");
    if (home == null || home.isBlank()) {
      throw Refused.invalid(
          "no_home",
          "There is no home folder (HOME is not set): say where to keep data, --data DIR.");
    }
    if (!Files.isDirectory(Path.of(home))) {
      throw Refused.invalid(
          "no_home",
          "The home folder %s does not exist: say where to keep data, --data DIR.".formatted(home));
    }
    return Path.of(home);
  }

  /// A runtime context of this folder; makes nothing.
  ///
  /// @throws Refused when the name is not `[a-z0-9-]{1,40}`
  public RuntimeContext context(String name) {
    if (!NAME.matcher(name).matches()) {
      throw Refused.invalid(
          "context_name",
          "The context name \"%s\" is not possible: use 1 to 40 of a-z, 0-9 and -."
              .formatted(name));
    }
    return new RuntimeContext(this, name, contexts.resolve(name));
  }

  /// Makes the folders that are missing and tightens those that others could look into.
  ///
  /// @throws Refused when it cannot be written, or a file is in the way
  public void prepare() {
    try {
      var wasThere = Files.exists(root);
      PrivateFiles.folder(config);
      PrivateFiles.folder(contexts);
      if (!wasThere) {
        PrivateFiles.tighten(root, PrivateFiles.FOLDER);
      }
      tightenIfOurs();
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }

  // A folder that was there before may be more than ours (a home, a shared place): what matters
  // lies in folders of our own below it, so this may fail.
  private void tightenIfOurs() {
    try {
      if (Files.exists(root) && !root.equals(Path.of(System.getProperty("user.home", "/")))) {
        PrivateFiles.tighten(root, PrivateFiles.FOLDER);
      }
    } catch (IOException e) {
      System.getLogger(DataFolder.class.getName())
          .log(System.Logger.Level.INFO, "data folder stays readable: {0}", e.toString());
    }
  }

  /// The token that gives this user's own programs access: read, or made at the first call.
  ///
  /// @throws Refused when it can be neither read nor written, or is not a token
  public String token() {
    var file = root.resolve("token");
    try {
      if (Files.exists(file)) {
        return readToken(file);
      }
      var bytes = new byte[32];
      new SecureRandom().nextBytes(bytes);
      PrivateFiles.replace(
          file, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\n");
      return readToken(file);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  /// The token without making one: for programs that talk to a running server.
  ///
  /// @throws Refused when there is none yet
  public String existingToken() {
    var file = root.resolve("token");
    try {
      return readToken(file);
    } catch (NoSuchFileException e) {
      throw Refused.notFound(
          "never_started",
          "Signalbox was never started with the data folder %s: start it with `signalbox up`."
              .formatted(root));
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static String readToken(Path file) throws IOException {
    PrivateFiles.tighten(file, PrivateFiles.FILE);
    var token = Files.readString(file, UTF_8).strip();
    if (!TOKEN.matcher(token).matches()) {
      throw Refused.invalid(
          "token_damaged",
          "The token in %s is damaged: delete the file and start Signalbox again.".formatted(file));
    }
    return token;
  }

  static Refused unusable(Path path, IOException e) {
    var why =
        switch (e) {
          case AccessDeniedException _ -> "permission denied";
          case java.nio.file.FileAlreadyExistsException _ -> "a file is in the way";
          case java.nio.file.FileSystemException f when f.getReason() != null -> f.getReason();
          case null, default -> String.valueOf(e.getMessage());
        };
    return Refused.unavailable(
        "data_unusable",
        "The data folder cannot be used: %s: %s. Choose another with --data DIR."
            .formatted(e instanceof java.nio.file.FileSystemException f ? f.getFile() : path, why));
  }
}
