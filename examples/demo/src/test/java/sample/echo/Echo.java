package sample.echo;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * An application that knows nothing of a mesh: it serves HTTP and gRPC, telling callers what
 * arrived, and makes the calls it reads as JSON, one a line, from standard input. It ends with its
 * input.
 */
final class Echo {

  private Echo() {}

  /**
   * @param args its name, by which callers know who answered
   */
  public static void main(String[] args) throws Exception {
    Calls relayed = new Calls();
    HttpEcho http = new HttpEcho(args[0], relayed);
    GrpcEcho grpc = new GrpcEcho(args[0], relayed);
    ObjectMapper json = new ObjectMapper();
    Calls calls = new Calls();
    System.out.println("serving " + http.port());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println("answer " + json.writeValueAsString(calls.make(json.readTree(line))));
    }
    calls.close();
    grpc.close();
    http.close();
    relayed.close();
  }
}
