import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/// `java -cp ASM bin/Frames.java JAR`: gives the classes of a library that is compiled for Java 5
/// the frames that newer class files carry. The JVM puts none older into its AOT cache, and reading
/// and checking picocli anew cost each start. What the classes do stays the same.
final class Frames {
  public static void main(String[] args) throws IOException {
    var jar = Path.of(args[0]);
    var next = Path.of(args[0] + ".next");
    try (var old = new ZipFile(jar.toFile());
        var classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        var out = new ZipOutputStream(Files.newOutputStream(next))) {
      for (var entry : old.stream().toList()) {
        var bytes = old.getInputStream(entry).readAllBytes();
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(entry.getName().endsWith(".class") ? framed(bytes, classes) : bytes);
      }
    }
    Files.move(next, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] framed(byte[] bytes, ClassLoader classes) {
    var reader = new ClassReader(bytes);
    if (reader.readShort(6) >= Opcodes.V1_7) {
      return bytes;
    }
    var writer =
        new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
          @Override
          protected ClassLoader getClassLoader() {
            return classes;
          }
        };
    reader.accept(
        new org.objectweb.asm.ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version, int access, String name, String sign, String parent, String[] faces) {
            super.visit(Opcodes.V1_8, access, name, sign, parent, faces);
          }
        },
        0);
    return writer.toByteArray();
  }
}
