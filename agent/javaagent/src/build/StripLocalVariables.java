import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Run by the build on what goes into the agent's jar: takes the names of local variables and
 * parameters out of all classes, a twelfth of the jar. Lines stay, so stack traces do.
 */
final class StripLocalVariables {

  private StripLocalVariables() {}

  /**
   * @param directories one, with classes at any depth
   */
  public static void main(String[] directories) throws IOException {
    List<Path> classes;
    try (Stream<Path> files = Files.walk(Path.of(directories[0]))) {
      classes = files.filter(StripLocalVariables::isClass).toList();
    }
    for (Path file : classes) {
      ClassWriter writer = new ClassWriter(0);
      new ClassReader(Files.readAllBytes(file)).accept(new Stripping(writer), 0);
      Files.write(file, writer.toByteArray());
    }
  }

  private static boolean isClass(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".class") || name.endsWith(".classdata");
  }

  private static final class Stripping extends ClassVisitor {
    Stripping(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      return new MethodVisitor(
          Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
        @Override
        public void visitLocalVariable(
            String variable, String type, String generic, Label start, Label end, int index) {}

        @Override
        public void visitParameter(String parameter, int flags) {}
      };
    }
  }
}
