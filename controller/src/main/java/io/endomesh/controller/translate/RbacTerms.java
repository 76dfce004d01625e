package io.endomesh.controller.translate;

import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/** Conditions of Envoy's RBAC, put together. Stateless. */
final class RbacTerms {

  static final Permission ANY_PERMISSION = Permission.newBuilder().setAny(true).build();
  static final Principal ANY_PRINCIPAL = Principal.newBuilder().setAny(true).build();

  private RbacTerms() {}

  static Permission not(Permission permission) {
    return Permission.newBuilder().setNotRule(permission).build();
  }

  static Principal not(Principal principal) {
    return Principal.newBuilder().setNotId(principal).build();
  }

  static Permission header(String name, StringMatcher value) {
    return Permission.newBuilder()
        .setHeader(HeaderMatcher.newBuilder().setName(name).setStringMatch(value))
        .build();
  }

  /** {@code *} at the end or the beginning, or alone, stands for anything. */
  static StringMatcher pattern(String value) {
    StringMatcher.Builder matcher = StringMatcher.newBuilder();
    if (value.equals("*")) {
      return matcher.setPrefix("").build();
    }
    if (value.startsWith("*")) {
      return matcher.setSuffix(value.substring(1)).build();
    }
    return value.endsWith("*")
        ? matcher.setPrefix(value.substring(0, value.length() - 1)).build()
        : matcher.setExact(value).build();
  }

  static Permission any(List<Permission> permissions) {
    return permissions.size() == 1
        ? permissions.get(0)
        : Permission.newBuilder()
            .setOrRules(Permission.Set.newBuilder().addAllRules(permissions))
            .build();
  }

  static Permission all(List<Permission> permissions) {
    if (permissions.isEmpty()) {
      return ANY_PERMISSION;
    }
    return permissions.size() == 1
        ? permissions.get(0)
        : Permission.newBuilder()
            .setAndRules(Permission.Set.newBuilder().addAllRules(permissions))
            .build();
  }

  static Principal anyOf(List<Principal> principals) {
    return principals.size() == 1
        ? principals.get(0)
        : Principal.newBuilder().setOrIds(Principal.Set.newBuilder().addAllIds(principals)).build();
  }

  static Principal allOf(List<Principal> principals) {
    if (principals.isEmpty()) {
      return ANY_PRINCIPAL;
    }
    return principals.size() == 1
        ? principals.get(0)
        : Principal.newBuilder()
            .setAndIds(Principal.Set.newBuilder().addAllIds(principals))
            .build();
  }
}
