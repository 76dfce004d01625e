package io.endomesh.instrumentation.netty.reactor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

/** Makes the channel of a server whose port is offered to the mesh. Used once. */
final class OfferedServer extends ChannelInitializer<Channel> {

  private final ChannelInitializer<Channel> library;

  OfferedServer(ChannelInitializer<Channel> library) {
    this.library = library;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel.pipeline().addLast(new OfferedPort(), library);
  }
}
