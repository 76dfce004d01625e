package io.endomesh.weaving;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Class files from before Java 7, which have no invokedynamic. One of Java 6 becomes one of Java 7
 * by its number alone, if its code keeps what Java 7 demands of it (JVMS 4.9.1 and 4.10.1): no
 * subroutines, and stack maps. Every compiler for Java 6 wrote it so; some obfuscators did not.
 * Stateless.
 */
final class OldClassFile {

  // u4 magic, u2 minor, u2 major: JVMS 4.1.
  private static final int MAJOR = 6;

  private OldClassFile() {}

  /** The same file if it is new enough, null if it cannot be made so. */
  static byte @Nullable [] atLeastJava7(byte[] original) {
    int major = (original[MAJOR] & 0xff) << 8 | (original[MAJOR + 1] & 0xff);
    if (major >= Opcodes.V1_7) {
      return original;
    }
    if (major < Opcodes.V1_6 || !keepsRulesOfJava7(original)) {
      return null;
    }
    byte[] newer = original.clone();
    newer[MAJOR + 1] = Opcodes.V1_7;
    return newer;
  }

  private static boolean keepsRulesOfJava7(byte[] original) {
    Methods methods = new Methods();
    new ClassReader(original).accept(methods, ClassReader.SKIP_DEBUG);
    return methods.keepRules;
  }

  /** Looks at the code of all methods. */
  private static final class Methods extends ClassVisitor {
    private boolean keepRules = true;

    Methods() {
      super(Opcodes.ASM9);
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      return new Code();
    }

    private final class Code extends MethodVisitor {
      private boolean branches;
      private boolean hasFrames;

      Code() {
        super(Opcodes.ASM9);
      }

      @Override
      public void visitJumpInsn(int opcode, Label label) {
        branches = true;
        keepRules &= opcode != Opcodes.JSR;
      }

      @Override
      public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
        branches = true;
      }

      @Override
      public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
        branches = true;
      }

      @Override
      public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
        branches = true;
      }

      @Override
      public void visitFrame(
          int type,
          int locals,
          Object @Nullable [] local,
          int stackSize,
          Object @Nullable [] stack) {
        hasFrames = true;
      }

      @Override
      public void visitEnd() {
        keepRules &= hasFrames || !branches;
      }
    }
  }
}
