package dev.signalbox.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// The browser app, from a folder of the class path. Files below `/assets` have a hash in their
/// name and are cached for ever; a path of the app that is no file gets its page. Each file is read
/// once.
final class StaticFiles extends Handler.Wrapper {
  private static final String PAGE = "/index.html";
  private static final String BYTES = "application/octet-stream";
  private static final String ASSETS = "/assets/";
  private static final String FOR_EVER = "public, max-age=31536000, immutable";
  private static final Set<String> READS = Set.of("GET", "HEAD");
  private static final ProblemBody NO_FILE = ProblemBody.of(404, "unknown_file", "No such file.");
  private static final ProblemBody NOT_A_READ =
      ProblemBody.of(405, "unknown_method", "Files of the app can only be read.");
  private static final ProblemBody NO_APP =
      ProblemBody.of(404, "app_missing", "This build of Signalbox has no browser app.");
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("map", "application/json"));

  /// One form in which a file is sent.
  ///
  /// @param bytes read-only
  /// @param tag of this form, so that a cache never takes one for the other
  private record Form(ByteBuffer bytes, String tag) {
    static Form of(byte[] bytes) {
      var tag = Secrets.hash(new String(bytes, ISO_8859_1)).substring(0, 32);
      return new Form(ByteBuffer.wrap(bytes).asReadOnlyBuffer(), "\"" + tag + "\"");
    }
  }

  private record File(Form plain, @Nullable Form zipped) {}

  private final String root;

  // Bounded by what is on the class path: a path that is not there leaves nothing behind.
  private final Map<String, File> files = new ConcurrentHashMap<>();

  /// @param root folder of the class path, as `/web`
  StaticFiles(String root) {
    this.root = root;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (Gate.isGuarded(request)) {
      return super.handle(request, response, callback);
    }
    if (!READS.contains(request.getMethod())) {
      Gate.refuse(request, response, callback, NOT_A_READ);
      return true;
    }
    var path = Request.getPathInContext(request);
    var wanted = path.equals("/") ? PAGE : path;
    var file = isPossible(wanted) ? find(wanted) : Optional.<File>empty();
    if (file.isPresent()) {
      send(request, response, callback, wanted, file.get());
    } else if (isOfFile(path)) {
      Gate.refuse(request, response, callback, NO_FILE);
    } else {
      page(request, response, callback);
    }
    return true;
  }

  private void page(Request request, Response response, Callback callback) throws IOException {
    var page = find(PAGE);
    if (page.isPresent()) {
      send(request, response, callback, PAGE, page.get());
    } else {
      Gate.refuse(request, response, callback, NO_APP);
    }
  }

  // Whoever asks for a file that is not there must not get a page for it.
  private static boolean isOfFile(String path) {
    return path.startsWith(ASSETS) || path.lastIndexOf('.') > path.lastIndexOf('/');
  }

  // No decoding here and nothing relative: what a build makes has plain names.
  private static boolean isPossible(String path) {
    return path.matches("/[A-Za-z0-9._/-]+") && !path.contains("..") && !path.contains("//");
  }

  private Optional<File> find(String path) throws IOException {
    var known = files.get(path);
    if (known != null) {
      return Optional.of(known);
    }
    var plain = TYPES.containsKey(extension(path)) ? bytes(path) : null;
    if (plain == null) {
      return Optional.empty();
    }
    var zipped = bytes(path + ".gz");
    var file = new File(Form.of(plain), zipped == null ? null : Form.of(zipped));
    files.put(path, file);
    return Optional.of(file);
  }

  private byte @Nullable [] bytes(String path) throws IOException {
    try (var stream = StaticFiles.class.getResourceAsStream(root + path)) {
      return stream == null ? null : stream.readAllBytes();
    }
  }

  private static void send(
      Request request, Response response, Callback callback, String path, File file) {
    var zipped =
        request.getHeaders().contains(HttpHeader.ACCEPT_ENCODING, "gzip") ? file.zipped : null;
    var form = zipped == null ? file.plain : zipped;
    var headers = response.getHeaders();
    headers.put(HttpHeader.CACHE_CONTROL, path.startsWith(ASSETS) ? FOR_EVER : "no-cache");
    headers.put(HttpHeader.ETAG, form.tag);
    headers.put(HttpHeader.VARY, "Accept-Encoding");
    if (isKnown(request, form.tag)) {
      response.setStatus(304);
      response.write(true, null, callback);
      return;
    }
    headers.put(HttpHeader.CONTENT_TYPE, TYPES.getOrDefault(extension(path), BYTES));
    if (zipped != null) {
      headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
    }
    headers.put(HttpHeader.CONTENT_LENGTH, form.bytes.remaining());
    response.write(true, form.bytes.duplicate(), callback);
  }

  // Comparing is weak here, as RFC 9110 wants it: a proxy may have marked the tag so.
  private static boolean isKnown(Request request, String tag) {
    return request.getHeaders().getValuesList(HttpHeader.IF_NONE_MATCH).stream()
        .flatMap(known -> Stream.of(known.split(",")))
        .map(String::strip)
        .map(known -> known.startsWith("W/") ? known.substring(2) : known)
        .anyMatch(known -> known.equals(tag) || known.equals("*"));
  }

  private static String extension(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
