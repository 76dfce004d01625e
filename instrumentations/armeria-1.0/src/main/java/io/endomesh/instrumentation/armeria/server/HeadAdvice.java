package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.internal.common.HttpObjectEncoder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code doWriteHeaders} of the encoders: the head of an answer leaves, whoever made it: a service,
 * or the library for one that failed. Stateless.
 */
public final class HeadAdvice {

  private HeadAdvice() {}

  /** Null leaves it as it is. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(@ToArgument(value = 2, typing = Assigner.Typing.DYNAMIC))
  public static @Nullable ResponseHeaders enter(
      @Advice.This HttpObjectEncoder encoder,
      @Advice.Argument(0) int id,
      @Advice.Argument(2) ResponseHeaders head) {
    if (!ServedRequest.answers(head)) {
      return null;
    }
    ServedRequest answered = UnansweredRequests.answered(encoder.channel(), id);
    return answered == null ? null : answered.leaves(head);
  }
}
