package io.endomesh.weaving;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ConstantDynamic;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Type;
import net.bytebuddy.utility.OpenedClassReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads advice classes, and the classes of their package that they use, and notes what they need of
 * the library. Confined to the thread that made it.
 */
final class ReferenceCollector {

  private final AdviceCode code;
  private final Set<Reference> references = new LinkedHashSet<>();
  private final Set<String> seen = new HashSet<>();
  private final Deque<String> toRead = new ArrayDeque<>();

  private ReferenceCollector(AdviceCode code) {
    this.code = code;
  }

  /** In the order of first use, without what is the JDK's public own, or ours. */
  static Set<Reference> collect(AdviceCode code, Collection<String> adviceClasses)
      throws IOException {
    ReferenceCollector collector = new ReferenceCollector(code);
    for (String advice : adviceClasses) {
      collector.type(advice.replace('.', '/'));
    }
    while (!collector.toRead.isEmpty()) {
      String name = collector.toRead.remove();
      byte[] bytes = code.read(name);
      if (bytes != null) {
        ClassReader reader = OpenedClassReader.of(bytes);
        reader.accept(collector.new Types(), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
      } else {
        collector.references.add(new Reference.OfType(name.replace('.', '/')));
      }
    }
    return collector.references;
  }

  private void type(@Nullable String internalName) {
    if (internalName == null) {
      return;
    }
    if (internalName.startsWith("[")) {
      type(Type.getType(internalName));
      return;
    }
    String binaryName = internalName.replace('/', '.');
    if (code.owns(binaryName)) {
      if (seen.add(binaryName)) {
        toRead.add(binaryName);
      }
    } else if (isLibrary(internalName)) {
      references.add(new Reference.OfType(internalName));
    }
  }

  private void type(Type type) {
    switch (type.getSort()) {
      case Type.ARRAY -> type(type.getElementType());
      case Type.OBJECT -> type(type.getInternalName());
      case Type.METHOD -> signature(type.getDescriptor());
      default -> {
        // A primitive type is always there.
      }
    }
  }

  private void signature(String descriptor) {
    for (Type argument : Type.getArgumentTypes(descriptor)) {
      type(argument);
    }
    type(Type.getReturnType(descriptor));
  }

  private void method(String owner, String name, String descriptor) {
    type(owner);
    signature(descriptor);
    // A method called on an array is Object's.
    if (!owner.startsWith("[") && isLibrary(owner)) {
      references.add(new Reference.OfMethod(owner, name, descriptor));
    }
  }

  private void field(String owner, String name, String descriptor) {
    type(owner);
    type(Type.getType(descriptor));
    if (isLibrary(owner)) {
      references.add(new Reference.OfField(owner, name, descriptor));
    }
  }

  private void constant(Object value) {
    if (value instanceof Type type) {
      type(type);
    } else if (value instanceof Handle handle) {
      if (handle.getDesc().startsWith("(")) {
        method(handle.getOwner(), handle.getName(), handle.getDesc());
      } else {
        field(handle.getOwner(), handle.getName(), handle.getDesc());
      }
    } else if (value instanceof ConstantDynamic dynamic) {
      type(Type.getType(dynamic.getDescriptor()));
      constant(dynamic.getBootstrapMethod());
      for (int i = 0; i < dynamic.getBootstrapMethodArgumentCount(); i++) {
        constant(dynamic.getBootstrapMethodArgument(i));
      }
    }
  }

  private boolean isLibrary(String internalName) {
    return !internalName.startsWith("java/")
        && !internalName.startsWith("io/endomesh/")
        && !code.owns(internalName.replace('/', '.'));
  }

  private final class Types extends ClassVisitor {
    Types() {
      super(OpenedClassReader.ASM_API);
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        @Nullable String signature,
        @Nullable String superName,
        String @Nullable [] interfaces) {
      type(superName);
      if (interfaces != null) {
        for (String each : interfaces) {
          type(each);
        }
      }
    }

    @Override
    public @Nullable FieldVisitor visitField(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        @Nullable Object value) {
      type(Type.getType(descriptor));
      return null;
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      signature(descriptor);
      if (exceptions != null) {
        for (String each : exceptions) {
          type(each);
        }
      }
      return new Instructions();
    }
  }

  private final class Instructions extends MethodVisitor {
    Instructions() {
      super(OpenedClassReader.ASM_API);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      type(type);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
      field(owner, name, descriptor);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      method(owner, name, descriptor);
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      signature(descriptor);
      constant(bootstrap);
      for (Object argument : arguments) {
        constant(argument);
      }
    }

    @Override
    public void visitLdcInsn(Object value) {
      constant(value);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
      type(Type.getType(descriptor));
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
      type(type);
    }
  }
}
