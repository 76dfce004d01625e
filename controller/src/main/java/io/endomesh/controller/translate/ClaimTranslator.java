package io.endomesh.controller.translate;

import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.type.matcher.v3.ListMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.OrMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.List;

/**
 * What policies ask of a token, as Istio words it in RBAC: dynamic metadata that the filter for
 * tokens leaves behind. Stateless.
 */
final class ClaimTranslator {

  private ClaimTranslator() {}

  /** {@code ISSUER/SUBJECT}. Issuers hold slashes, so the two are asked as one text. */
  static Principal principal(StringMatcher value) {
    return metadata("istio_authn", List.of("request.auth.principal"), string(value));
  }

  /**
   * @param path names of members, from the outside in
   */
  static Principal claim(List<String> path, StringMatcher value) {
    MetadataMatcher.Builder matcher =
        MetadataMatcher.newBuilder()
            .setFilter(RequestAuthenticationTranslator.FILTER)
            .addPath(segment(RequestAuthenticationTranslator.PAYLOAD));
    path.forEach(name -> matcher.addPath(segment(name)));
    ValueMatcher list =
        ValueMatcher.newBuilder()
            .setListMatch(ListMatcher.newBuilder().setOneOf(string(value)))
            .build();
    return Principal.newBuilder()
        .setMetadata(
            matcher.setValue(
                ValueMatcher.newBuilder()
                    .setOrMatch(
                        OrMatcher.newBuilder()
                            .addValueMatchers(string(value))
                            .addValueMatchers(list))))
        .build();
  }

  private static Principal metadata(String filter, List<String> path, ValueMatcher value) {
    MetadataMatcher.Builder matcher =
        MetadataMatcher.newBuilder().setFilter(filter).setValue(value);
    path.forEach(name -> matcher.addPath(segment(name)));
    return Principal.newBuilder().setMetadata(matcher).build();
  }

  private static MetadataMatcher.PathSegment segment(String name) {
    return MetadataMatcher.PathSegment.newBuilder().setKey(name).build();
  }

  private static ValueMatcher string(StringMatcher value) {
    return ValueMatcher.newBuilder().setStringMatch(value).build();
  }
}
