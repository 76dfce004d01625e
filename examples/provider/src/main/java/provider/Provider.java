package provider;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

/**
 * An OpenID provider of a company of three: Spring Authorization Server as it is, with its own page
 * of login. It ends with its standard input.
 */
@SpringBootApplication
public class Provider {

  /** With a secret, and without one. */
  private static final List<String> CLIENTS = List.of("endomesh", "endomesh-public");

  private static final Map<String, List<String>> GROUPS =
      Map.of("anna", List.of("staff", "admins"), "vera", List.of("staff"), "guido", List.of());

  public static void main(String[] args) throws IOException {
    var context = (ServletWebServerApplicationContext) SpringApplication.run(Provider.class, args);
    var clients = context.getBean(InMemoryRegisteredClientRepository.class);
    System.out.println("Provider http://127.0.0.1:" + context.getWebServer().getPort());
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    // Each line is the address of a controller: browsers may be sent back there.
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      for (String id : CLIENTS) {
        clients.save(client(id, line.strip()));
      }
      System.out.println("Clients of " + line.strip());
    }
    context.close();
  }

  @Bean
  InMemoryRegisteredClientRepository clients() {
    return new InMemoryRegisteredClientRepository(
        CLIENTS.stream().map(id -> client(id, "http://127.0.0.1:7443")).toList());
  }

  private static RegisteredClient client(String id, String console) {
    boolean isPublic = id.endsWith("-public");
    RegisteredClient.Builder client =
        RegisteredClient.withId(id)
            .clientId(id)
            .clientAuthenticationMethod(
                isPublic
                    ? ClientAuthenticationMethod.NONE
                    : ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
            .redirectUri(console + "/oidc/callback")
            .postLogoutRedirectUri(console + "/login")
            .scopes(scopes -> scopes.addAll(List.of("openid", "profile", "email")))
            .clientSettings(ClientSettings.builder().requireProofKey(true).build());
    return (isPublic ? client : client.clientSecret("{noop}a secret: of the client")).build();
  }

  @Bean
  UserDetailsService people() {
    return new InMemoryUserDetailsManager(
        GROUPS.keySet().stream().map(Provider::person).toArray(UserDetails[]::new));
  }

  private static UserDetails person(String name) {
    return new User(
        name, "{noop}" + name + " at her desk", AuthorityUtils.createAuthorityList("ROLE_USER"));
  }

  /** What Keycloak, Okta and others are told to add. */
  @Bean
  OAuth2TokenCustomizer<JwtEncodingContext> groups() {
    return token ->
        token
            .getClaims()
            .claim("preferred_username", token.getPrincipal().getName())
            .claim("groups", GROUPS.get(token.getPrincipal().getName()));
  }
}
