package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

/** Class files as compilers and obfuscators of old wrote them. */
class OldClassFileTest {

  @Test
  void java7_staysAsItIs() {
    byte[] file = file(Opcodes.V1_7, OldClassFileTest::branchWithFrame);

    assertThat(OldClassFile.atLeastJava7(file)).isSameAs(file);
  }

  @Test
  void java6_becomesJava7_andStillRuns() throws Exception {
    byte[] newer = OldClassFile.atLeastJava7(file(Opcodes.V1_6, OldClassFileTest::branchWithFrame));

    assertThat(newer).isNotNull();
    assertThat(new ClassReader(newer).readUnsignedShort(6)).isEqualTo(51);
    Class<?> type =
        new ClassLoader() {
          Class<?> define() {
            return defineClass("Old", newer, 0, newer.length);
          }
        }.define();
    assertThat(type.getMethod("isZero", int.class).invoke(null, 0)).isEqualTo(true);
    assertThat(type.getMethod("isZero", int.class).invoke(null, 1)).isEqualTo(false);
  }

  @Test
  void java6_withoutStackMaps_isLeftAlone() {
    assertThat(
            OldClassFile.atLeastJava7(
                file(Opcodes.V1_6, code -> branch(code, /* withFrame= */ false))))
        .isNull();
  }

  @Test
  void java6_withASubroutine_isLeftAlone() {
    assertThat(
            OldClassFile.atLeastJava7(
                file(
                    Opcodes.V1_6,
                    code -> {
                      Label subroutine = new Label();
                      code.visitJumpInsn(Opcodes.JSR, subroutine);
                      code.visitInsn(Opcodes.ICONST_0);
                      code.visitInsn(Opcodes.IRETURN);
                      code.visitLabel(subroutine);
                      code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
                      code.visitVarInsn(Opcodes.ASTORE, 1);
                      code.visitVarInsn(Opcodes.RET, 1);
                    })))
        .isNull();
  }

  @Test
  void java5_isLeftAlone() {
    assertThat(
            OldClassFile.atLeastJava7(
                file(
                    Opcodes.V1_5,
                    code -> {
                      code.visitInsn(Opcodes.ICONST_0);
                      code.visitInsn(Opcodes.IRETURN);
                    })))
        .isNull();
  }

  private static void branchWithFrame(MethodVisitor code) {
    branch(code, /* withFrame= */ true);
  }

  private static void branch(MethodVisitor code, boolean withFrame) {
    Label otherwise = new Label();
    code.visitVarInsn(Opcodes.ILOAD, 0);
    code.visitJumpInsn(Opcodes.IFNE, otherwise);
    code.visitInsn(Opcodes.ICONST_1);
    code.visitInsn(Opcodes.IRETURN);
    code.visitLabel(otherwise);
    if (withFrame) {
      code.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
    }
    code.visitInsn(Opcodes.ICONST_0);
    code.visitInsn(Opcodes.IRETURN);
  }

  private static byte[] file(int version, Consumer<MethodVisitor> code) {
    ClassWriter file = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    file.visit(version, Opcodes.ACC_PUBLIC, "Old", null, "java/lang/Object", null);
    MethodVisitor method =
        file.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, "isZero", "(I)Z", null, null);
    method.visitCode();
    code.accept(method);
    method.visitMaxs(0, 0);
    method.visitEnd();
    file.visitEnd();
    return file.toByteArray();
  }
}
