package io.endomesh.xds.ads;

import io.endomesh.dataplane.AgentThread;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Looks addresses of hosts up, on threads of its own. Thread-safe. */
public interface Dns {

  /**
   * @param answer called once, on any thread; empty if there is no such host, or nobody answered
   */
  void lookUp(String host, Consumer<List<InetAddress>> answer);

  /**
   * By the JDK, with its caches and its settings. A question may hang for long where no server
   * answers, so a few run at a time.
   */
  static Dns ofJdk() {
    int atATime = 4;
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            atATime,
            atATime,
            Duration.ofMinutes(1).toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> new AgentThread(task, "dns"));
    threads.allowCoreThreadTimeOut(true);
    return (host, answer) ->
        threads.execute(
            () -> {
              List<InetAddress> addresses;
              try {
                addresses = List.of(InetAddress.getAllByName(host));
              } catch (UnknownHostException e) {
                addresses = List.of();
              }
              answer.accept(addresses);
            });
  }
}
