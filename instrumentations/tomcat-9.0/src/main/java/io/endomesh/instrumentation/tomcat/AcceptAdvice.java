package io.endomesh.instrumentation.tomcat;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.tomcat.util.collections.SynchronizedStack;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * {@code NioEndpoint.setSocketOptions}: before the first connection is accepted, the endpoint's
 * stack of channels becomes ours. Not when the endpoint starts, because its acceptor starts in the
 * same method that makes the stack. Stateless.
 */
public final class AcceptAdvice {

  private AcceptAdvice() {}

  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToFields(
      @Advice.AssignReturned.ToFields.ToField(
          value = "nioChannels",
          typing = Assigner.Typing.DYNAMIC))
  public static @Nullable SynchronizedStack<NioChannel> enter(
      @Advice.This NioEndpoint endpoint,
      @Advice.FieldValue("nioChannels") @Nullable SynchronizedStack<NioChannel> channels) {
    return channels instanceof MeshChannels || !ServedPorts.serves(endpoint)
        ? null
        : new MeshChannels(endpoint, channels);
  }
}
