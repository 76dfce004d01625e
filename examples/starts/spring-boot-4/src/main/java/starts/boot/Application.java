package starts.boot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestTemplate;

/** Serves by calling another host. Compiled for Spring Boot 2.7 and 3.5 as well. */
@SpringBootApplication
@RestController
public class Application {

  public static void main(String[] args) {
    var context = SpringApplication.run(Application.class, args);
    System.out.println("serving " + context.getEnvironment().getProperty("local.server.port"));
  }

  @GetMapping("/")
  public String call() {
    var answer = new RestTemplate().getForEntity("http://answers.invalid/", Void.class);
    // Of two types, but of one name, in the versions of Spring.
    return "status " + String.valueOf(answer.getStatusCode()).substring(0, 3);
  }
}
