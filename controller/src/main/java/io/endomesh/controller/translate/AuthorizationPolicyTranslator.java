package io.endomesh.controller.translate;

import com.google.re2j.Pattern;
import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.AuthorizationPolicy.Operation;
import io.endomesh.controller.kinds.AuthorizationPolicy.Source;
import io.endomesh.controller.kinds.AuthorizationPolicy.Values;
import io.endomesh.controller.kinds.AuthorizationPolicy.When;
import io.endomesh.controller.kinds.PathTemplates;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;

/** Rules of AuthorizationPolicies as Envoy RBAC, for one port. Immutable. */
final class AuthorizationPolicyTranslator {

  private final CallerTerms callers;
  private final CallerLabels labels;
  private final int port;

  AuthorizationPolicyTranslator(CallerTerms callers, CallerLabels labels, int port) {
    this.callers = callers;
    this.labels = labels;
    this.port = port;
  }

  List<Policy> rules(AuthorizationPolicy policy) {
    boolean permits = policy.action() == AuthorizationPolicy.Action.ALLOW;
    return policy.rules().stream()
        .map(rule -> rule(policy.metadata().namespace(), rule, permits))
        .toList();
  }

  private Policy rule(String namespace, AuthorizationPolicy.Rule rule, boolean permits) {
    List<Principal> who = new ArrayList<>();
    List<Permission> what = new ArrayList<>();
    for (When when : rule.when()) {
      if (when.key().startsWith(AuthorizationPolicy.WHEN_LABEL)) {
        label(when, permits, who);
      } else {
        when(when, who, what);
      }
    }
    if (!rule.from().isEmpty()) {
      who.add(
          RbacTerms.anyOf(rule.from().stream().map(source -> source(namespace, source)).toList()));
    }
    if (!rule.to().isEmpty()) {
      what.add(RbacTerms.any(rule.to().stream().map(this::operation).toList()));
    }
    return Policy.newBuilder()
        .addPrincipals(RbacTerms.allOf(who))
        .addPermissions(RbacTerms.all(what))
        .build();
  }

  private Principal source(String namespace, Source source) {
    List<Principal> all = new ArrayList<>();
    principals(source.principals(), callers::principal, all);
    principals(source.namespaces(), callers::namespace, all);
    principals(source.serviceAccounts(), account -> callers.account(namespace, account), all);
    principals(source.requestPrincipals(), value -> ClaimTranslator.principal(present(value)), all);
    principals(source.trustDomains(), CallerTerms::trustDomain, all);
    principals(source.ipBlocks(), CallerTerms::address, all);
    principals(source.remoteIpBlocks(), CallerTerms::origin, all);
    return RbacTerms.allOf(all);
  }

  private static void principals(
      Values values, Function<String, Principal> principal, List<Principal> all) {
    if (!values.in().isEmpty()) {
      all.add(RbacTerms.anyOf(values.in().stream().map(principal).toList()));
    }
    if (!values.notIn().isEmpty()) {
      all.add(RbacTerms.not(RbacTerms.anyOf(values.notIn().stream().map(principal).toList())));
    }
  }

  /** Any value is one that says something. */
  private static StringMatcher present(String value) {
    return value.equals("*")
        ? StringMatcher.newBuilder().setSafeRegex(RouteRules.regex(".+")).build()
        : RbacTerms.pattern(value);
  }

  private Permission operation(Operation operation) {
    List<Permission> all = new ArrayList<>();
    permissions(operation.hosts(), AuthorizationPolicyTranslator::host, all);
    permissions(operation.ports(), this::port, all);
    permissions(
        operation.methods(), value -> RbacTerms.header(":method", RbacTerms.pattern(value)), all);
    permissions(operation.paths(), AuthorizationPolicyTranslator::path, all);
    return RbacTerms.all(all);
  }

  private static void permissions(
      Values values, Function<String, Permission> permission, List<Permission> all) {
    if (!values.in().isEmpty()) {
      all.add(RbacTerms.any(values.in().stream().map(permission).toList()));
    }
    if (!values.notIn().isEmpty()) {
      all.add(RbacTerms.not(RbacTerms.any(values.notIn().stream().map(permission).toList())));
    }
  }

  /** The port of this listener is known here, so clients need not look at it again. */
  private Permission port(String value) {
    return Integer.parseInt(value) == port
        ? RbacTerms.ANY_PERMISSION
        : RbacTerms.not(RbacTerms.ANY_PERMISSION);
  }

  /**
   * With or without a port, because clients write both; and with the dot that ends a full name,
   * which leads to the same server and would go around a DENY.
   */
  private static Permission host(String value) {
    String host = value.length() > 1 && value.endsWith(".") ? head(value) : value;
    StringMatcher plain = RbacTerms.pattern(host.toLowerCase(Locale.ROOT));
    if (plain.getMatchPatternCase() == StringMatcher.MatchPatternCase.PREFIX) {
      return RbacTerms.header(":authority", plain.toBuilder().setIgnoreCase(true).build());
    }
    String text =
        plain.getMatchPatternCase() == StringMatcher.MatchPatternCase.SUFFIX
            ? ".*" + hostText(plain.getSuffix())
            : hostText(plain.getExact());
    return RbacTerms.header(
        ":authority",
        StringMatcher.newBuilder().setSafeRegex(RouteRules.regex("(?i)" + text)).build());
  }

  /** A port that the policy names has to be there; any may be there if it names none. */
  private static String hostText(String host) {
    int colon = host.lastIndexOf(':');
    boolean named = colon > 0 && host.indexOf(']', colon) < 0;
    String name = named ? host.substring(0, colon) : host;
    return Pattern.quote(name) + "\\.?" + (named ? host.substring(colon) : "(:[0-9]+)?");
  }

  private static String head(String text) {
    return text.substring(0, text.length() - 1);
  }

  private static Permission path(String value) {
    StringMatcher path =
        PathTemplates.isTemplate(value)
            ? StringMatcher.newBuilder()
                .setSafeRegex(RouteRules.regex(PathTemplates.regex(value)))
                .build()
            : RbacTerms.pattern(value);
    return Permission.newBuilder().setUrlPath(PathMatcher.newBuilder().setPath(path)).build();
  }

  private void when(When when, List<Principal> who, List<Permission> what) {
    switch (when.key()) {
      case "source.principal" -> principals(when.values(), callers::principal, who);
      case "source.namespace" -> principals(when.values(), callers::namespace, who);
      case AuthorizationPolicy.WHEN_SOURCE_IP ->
          principals(when.values(), CallerTerms::address, who);
      case AuthorizationPolicy.WHEN_REMOTE_IP ->
          principals(when.values(), CallerTerms::origin, who);
      case AuthorizationPolicy.WHEN_PORT -> permissions(when.values(), this::port, what);
      case "request.auth.principal" ->
          principals(when.values(), value -> ClaimTranslator.principal(present(value)), who);
      case "request.auth.audiences" -> claim(List.of("aud"), when.values(), who);
      case "request.auth.presenter" -> claim(List.of("azp"), when.values(), who);
      default -> {
        if (when.key().startsWith(AuthorizationPolicy.WHEN_CLAIM)) {
          claim(AuthorizationPolicy.claimPath(when.key()), when.values(), who);
          return;
        }
        String name =
            when.key()
                .substring(AuthorizationPolicy.WHEN_HEADER.length(), when.key().length() - 1)
                .toLowerCase(Locale.ROOT);
        permissions(when.values(), value -> RbacTerms.header(name, RbacTerms.pattern(value)), what);
      }
    }
  }

  /**
   * In doubt nobody is let in: by a label that is to permit only those count of whom it is sure, by
   * one that is to keep out all who may have it; the other way round where it must not be one of
   * these values.
   */
  private void label(When when, boolean permits, List<Principal> who) {
    String name = AuthorizationPolicy.labelName(when.key());
    List<String> in = when.values().in();
    List<String> notIn = when.values().notIn();
    if (!in.isEmpty()) {
      who.add(
          callers.identities(
              permits ? labels.given(name, anyOf(in)) : labels.said(name, anyOf(in))));
    }
    if (!notIn.isEmpty()) {
      who.add(
          RbacTerms.not(
              callers.identities(
                  permits ? labels.said(name, anyOf(notIn)) : labels.given(name, anyOf(notIn)))));
    }
  }

  static Predicate<String> anyOf(List<String> patterns) {
    return value -> patterns.stream().anyMatch(pattern -> matches(pattern, value));
  }

  private static boolean matches(String pattern, String value) {
    if (pattern.startsWith("*")) {
      return value.endsWith(pattern.substring(1));
    }
    return pattern.endsWith("*") ? value.startsWith(head(pattern)) : value.equals(pattern);
  }

  private static void claim(List<String> path, Values values, List<Principal> who) {
    principals(values, value -> ClaimTranslator.claim(path, present(value)), who);
  }
}
