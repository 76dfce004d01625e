package io.endomesh.instrumentation.httpclient;

import java.net.InetSocketAddress;
import java.net.URI;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpRequestImpl.getAddress}: an attempt connects to its endpoint, and no DNS is asked. It
 * stands below the point where Host, path and cookies were computed, so they stay. Stateless.
 */
public final class AddressAdvice {

  private AddressAdvice() {}

  @Advice.OnMethodEnter(
      inline = false,
      suppress = Throwable.class,
      skipOn = Advice.OnNonDefaultValue.class)
  public static @Nullable InetSocketAddress enter(@Advice.FieldValue("uri") @Nullable URI uri) {
    AttemptTargets.Target target = uri == null ? null : AttemptTargets.get(uri);
    return target == null ? null : target.address();
  }

  @Advice.OnMethodExit(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  public static @Nullable InetSocketAddress exit(
      @Advice.Enter @Nullable InetSocketAddress address) {
    return address;
  }
}
