package io.endomesh.controller.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Members of an etcd cluster, as processes. */
public final class RealEtcd implements AutoCloseable {

  private static final Path PROGRAM = Path.of("/usr/bin/etcd");

  private final List<Process> members = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private final boolean tls;

  private RealEtcd(boolean tls) {
    this.tls = tls;
  }

  /** One member, in plaintext. */
  public static RealEtcd start(Path directory) throws Exception {
    return start(directory, 1, List.of());
  }

  /**
   * @param options for TLS; if there are any, it is spoken
   */
  static RealEtcd start(Path directory, int number, List<String> options) throws Exception {
    if (!Files.isExecutable(PROGRAM)) {
      // In CI nothing is skipped.
      assertThat(System.getenv("CI")).as("no etcd here").isNull();
    }
    assumeTrue(Files.isExecutable(PROGRAM), "no etcd here (Debian: apt-get install etcd-server)");
    RealEtcd cluster = new RealEtcd(!options.isEmpty());
    List<Integer> peers = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      cluster.ports.add(freePort());
      peers.add(freePort());
    }
    List<CompletableFuture<Void>> ready = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      ready.add(cluster.member(directory, i, peers, options));
    }
    for (CompletableFuture<Void> each : ready) {
      each.get(60, TimeUnit.SECONDS);
    }
    return cluster;
  }

  private CompletableFuture<Void> member(
      Path directory, int i, List<Integer> peers, List<String> options) throws IOException {
    String client = (tls ? "https" : "http") + "://127.0.0.1:" + ports.get(i);
    List<String> cluster = new ArrayList<>();
    for (int j = 0; j < peers.size(); j++) {
      cluster.add("m" + j + "=http://127.0.0.1:" + peers.get(j));
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                PROGRAM.toString(),
                "--name=m" + i,
                "--data-dir=" + directory.resolve("etcd-" + i),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=http://127.0.0.1:" + peers.get(i),
                "--initial-advertise-peer-urls=http://127.0.0.1:" + peers.get(i),
                "--initial-cluster=" + String.join(",", cluster),
                "--logger=zap"));
    command.addAll(options);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    members.add(process);
    CompletableFuture<Void> ready = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              StringBuilder said = new StringBuilder();
              try (BufferedReader lines = process.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  if (line.contains("serving client traffic")
                      || line.contains("serving insecure client")
                      || line.contains("serving client requests")) {
                    ready.complete(null);
                  }
                  if (!ready.isDone()) {
                    said.append(line).append('\n');
                  }
                }
              } catch (IOException e) {
                // It is gone.
              }
              ready.completeExceptionally(new IOException("etcd did not start: " + said));
            },
            "etcd-" + i);
    reader.setDaemon(true);
    reader.start();
    return ready;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** As for {@code --store}. */
  public String url() {
    return "etcd://" + String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList());
  }

  public EtcdAddress address() {
    return EtcdAddress.parse(url(), null, null, null);
  }

  /** It answers nobody, as one that is behind a cable that was cut. */
  public void stop() throws Exception {
    signal("-STOP");
  }

  public void goOn() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    for (Process member : members) {
      Process kill = new ProcessBuilder("kill", signal, String.valueOf(member.pid())).start();
      assertThat(kill.waitFor()).isZero();
    }
  }

  void kill(int member) throws InterruptedException {
    members.get(member).destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    members.forEach(Process::destroyForcibly);
  }
}
