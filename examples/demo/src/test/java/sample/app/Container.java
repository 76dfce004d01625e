package sample.app;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/**
 * A Tomcat with war files, which does what it reads on its standard input, a line each: {@code
 * deploy PATH WAR}, {@code undeploy PATH}, {@code call URL}. It ends with its input.
 */
final class Container {

  /** So often the collector is asked; what is not collected by then is held by somebody. */
  private static final int COLLECTIONS = 60;

  private static final int BETWEEN_MILLIS = 250;

  private final Tomcat tomcat = new Tomcat();
  private final HttpClient client = HttpClient.newHttpClient();

  private Container() {}

  public static void main(String[] args) throws Exception {
    new Container().run();
  }

  private void run() throws Exception {
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
    new File(tomcat.getServer().getCatalinaBase(), tomcat.getHost().getAppBase()).mkdirs();
    tomcat.setConnector(connector);
    // There are no JSPs, nor a compiler for them.
    tomcat.setAddDefaultWebXmlToWebapp(false);
    tomcat.start();
    System.out.println("serving " + connector.getLocalPort());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      System.out.println(
          switch (words[0]) {
            case "deploy" ->
                "deployed " + tomcat.addWebapp(words[1], words[2]).getState().isAvailable();
            case "undeploy" -> "undeployed " + undeploy(words[1]);
            default ->
                "called "
                    + client
                        .send(
                            HttpRequest.newBuilder(URI.create(words[1])).build(),
                            BodyHandlers.discarding())
                        .statusCode();
          });
    }
    tomcat.stop();
    tomcat.destroy();
  }

  /** Whether nobody holds the application's classes any longer. */
  private String undeploy(String path) throws Exception {
    ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
    WeakReference<ClassLoader> loader = removed(path, collected);
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      if (collected.remove(BETWEEN_MILLIS) == loader) {
        return "and collected";
      }
    }
    return "and held";
  }

  /** In a method of its own, whose frame holds nothing when it is gone. */
  private WeakReference<ClassLoader> removed(String path, ReferenceQueue<ClassLoader> collected) {
    Context context = (Context) tomcat.getHost().findChild(path);
    WeakReference<ClassLoader> loader =
        new WeakReference<>(context.getLoader().getClassLoader(), collected);
    tomcat.getHost().removeChild(context);
    return loader;
  }
}
