package io.endomesh.controller.kinds;

import com.google.re2j.Pattern;
import io.endomesh.controller.kinds.RouteFilters.HeaderEdits;
import io.endomesh.controller.kinds.RouteFilters.PathChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a VirtualService does to calls besides leading them somewhere. Stateless. */
final class VirtualFilters {

  private static final int ALL = 1_000_000;

  private VirtualFilters() {}

  static RouteFilters read(MeshResource.Metadata metadata, Fields rule) {
    Fields headers = rule.objectOrEmpty("headers");
    HeaderEdits request = edits(headers, "request");
    HeaderEdits response = edits(headers, "response");
    headers.rejectUnknown();
    RouteFilters filters =
        new RouteFilters(
            request,
            response,
            redirect(rule),
            rewrite(rule),
            mirrors(metadata, rule),
            fault(metadata, rule),
            answer(rule),
            CorsFields.ofVirtualService(rule),
            List.of());
    if (filters.redirect() != null && filters.answer() != null) {
      throw rule.invalid("directResponse", "beside a redirect (expected: one of them)");
    }
    if (filters.answers() && filters.rewrite() != null) {
      throw rule.invalid(
          "rewrite", "beside a redirect or directResponse (expected: none; nothing is sent on)");
    }
    return filters;
  }

  /** Calls that the mesh answers are sent to nobody: what is about sending says nothing. */
  static void warnOfAnswered(Fields rule, RouteFilters filters) {
    rule.withoutEffect(
        "beside a redirect or directResponse",
        "mirror",
        "mirrors",
        "mirrorPercentage",
        "timeout",
        "retries");
    if (!filters.request().equals(HeaderEdits.NONE)) {
      rule.warn("headers.request", "has no effect beside a redirect or directResponse");
    }
  }

  /**
   * The destinations of a rule. As in Istio one alone gets all calls, whatever its weight, and of
   * several one without a weight gets none.
   */
  static List<RouteResource.Backend> backends(MeshResource.Metadata metadata, Fields rule) {
    List<RouteResource.Backend> backends = rule.objects("route", route -> backend(metadata, route));
    if (backends.size() == 1) {
      return List.of(backends.get(0).withWeight(1));
    }
    if (!backends.isEmpty() && backends.stream().allMatch(backend -> backend.weight() == 0)) {
      throw rule.invalid("route", "weights sum to 0 (expected: > 0)");
    }
    return backends;
  }

  /** One destination of a route, with its weight and its own header changes. */
  private static RouteResource.Backend backend(MeshResource.Metadata metadata, Fields route) {
    Fields headers = route.objectOrEmpty("headers");
    RouteFilters filters =
        new RouteFilters(
            edits(headers, "request"),
            edits(headers, "response"),
            null,
            null,
            List.of(),
            null,
            null,
            null,
            List.of());
    headers.rejectUnknown();
    return destination(
        metadata, route.object("destination"), route.integer("weight", 0, ALL, 0), filters);
  }

  private static RouteResource.Backend destination(
      MeshResource.Metadata metadata, Fields fields, int weight, RouteFilters filters) {
    String host = fields.string("host").toLowerCase(Locale.ROOT);
    if (!HostNames.isName(host)) {
      throw fields.invalid("host", "'" + host + "' (expected: a service, or a DNS name)");
    }
    String[] labels = host.split("\\.", -1);
    boolean ofMesh = labels.length > 1 && !HostNames.isExternal(host);
    Fields port = fields.objectOrEmpty("port");
    RouteResource.Backend backend =
        new RouteResource.Backend(
            ofMesh ? labels[1] : metadata.namespace(),
            ofMesh ? labels[0] : host,
            fields.optionalString("subset"),
            port.has("number") ? (Integer) port.integer("number", 1, 65535) : null,
            weight,
            filters,
            host);
    port.rejectUnknown();
    fields.rejectUnknown();
    return backend;
  }

  private static HeaderEdits edits(Fields headers, String side) {
    Fields fields = headers.optionalObject(side);
    if (fields == null) {
      return HeaderEdits.NONE;
    }
    List<String> remove =
        fields.strings("remove").stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    HeaderEdits edits = new HeaderEdits(named(fields, "set"), named(fields, "add"), remove);
    for (String name : remove) {
      FilterFields.touchable(fields, "remove", name);
    }
    fields.rejectUnknown();
    return edits;
  }

  private static Map<String, String> named(Fields fields, String name) {
    Map<String, String> result = new LinkedHashMap<>();
    fields
        .stringMap(name)
        .forEach(
            (header, value) -> {
              String lower = header.toLowerCase(Locale.ROOT);
              FilterFields.touchable(fields, name, lower);
              FilterFields.oneLine(fields, name + "." + header, value);
              if (result.put(lower, value) != null) {
                throw fields.invalid(name + "." + header, "'" + lower + "' twice (expected: once)");
              }
            });
    return result;
  }

  private static RouteFilters.@Nullable Redirect redirect(Fields rule) {
    Fields fields = rule.optionalObject("redirect");
    if (fields == null) {
      return null;
    }
    String uri = fields.optionalString("uri");
    fields.unsupported("derivePort");
    RouteFilters.Redirect redirect =
        FilterFields.redirect(
            fields,
            "redirectCode",
            301,
            "authority",
            uri == null ? null : new PathChange.Full(uri));
    if (redirect.path() != null) {
      FilterFields.pathOnly(fields, "uri", String.valueOf(uri));
    }
    fields.rejectUnknown();
    return redirect;
  }

  private static RouteFilters.@Nullable Rewrite rewrite(Fields rule) {
    Fields fields = rule.optionalObject("rewrite");
    if (fields == null) {
      return null;
    }
    String uri = fields.optionalString("uri");
    Fields regex = fields.optionalObject("uriRegexRewrite");
    PathChange path = uri == null ? null : new PathChange.Prefix(uri);
    if (regex != null) {
      if (uri != null) {
        throw fields.invalid("uri", "beside uriRegexRewrite (expected: one of them)");
      }
      path = new PathChange.Regex(regex.regex("match"), substitution(regex));
      regex.rejectUnknown();
    }
    RouteFilters.Rewrite rewrite =
        new RouteFilters.Rewrite(fields.optionalString("authority"), path);
    fields.rejectUnknown();
    return rewrite;
  }

  /** RE2 puts in a group for {@code \\0} to {@code \\9}, and a backslash for two. */
  private static String substitution(Fields fields) {
    String text = fields.string("rewrite", "");
    int groups = Math.min(9, Pattern.compile(fields.string("match")).groupCount());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
        char escaped = i < text.length() ? text.charAt(i) : ' ';
        if (escaped != '\\' && (escaped < '0' || escaped > '0' + groups)) {
          throw fields.invalid(
              "rewrite",
              "'"
                  + text
                  + "' (expected: \\\\ or a group from \\0 to \\"
                  + groups
                  + " after each backslash)");
        }
      }
    }
    return text;
  }

  private static List<RouteFilters.Mirror> mirrors(MeshResource.Metadata metadata, Fields rule) {
    List<RouteFilters.Mirror> mirrors = new ArrayList<>();
    Fields one = rule.optionalObject("mirror");
    if (one == null && rule.has("mirrorPercentage")) {
      throw rule.invalid("mirrorPercentage", "without mirror (expected: both, or mirrors)");
    }
    if (one != null) {
      mirrors.add(
          new RouteFilters.Mirror(
              destination(metadata, one, 1, RouteFilters.NONE),
              percentage(rule, "mirrorPercentage")));
    }
    mirrors.addAll(
        rule.objects(
            "mirrors",
            fields ->
                new RouteFilters.Mirror(
                    destination(metadata, fields.object("destination"), 1, RouteFilters.NONE),
                    percentage(fields, "percentage"))));
    return mirrors;
  }

  private static RouteFilters.@Nullable Fault fault(MeshResource.Metadata metadata, Fields rule) {
    Fields fields = rule.optionalObject("fault");
    if (fields == null) {
      return null;
    }
    Fields delay = fields.optionalObject("delay");
    Fields abort = fields.optionalObject("abort");
    if (delay == null && abort == null) {
      throw rule.invalid("fault", "neither delay nor abort (expected: at least one)");
    }
    long nanos = 0;
    int delayed = 0;
    if (delay != null) {
      Long fixed = delay.durationNanos("fixedDelay");
      if (fixed == null || fixed == 0) {
        throw delay.invalid("fixedDelay", "absent (expected: a duration such as 500ms)");
      }
      nanos = fixed;
      delayed = percentage(delay, "percentage");
      delay.rejectUnknown();
    }
    int status = 0;
    int grpcStatus = -1;
    int aborted = 0;
    if (abort != null) {
      status = abort.has("httpStatus") ? abort.integer("httpStatus", 200, 599) : 0;
      String code = abort.optionalString("grpcStatus");
      grpcStatus = code == null ? -1 : GrpcCodes.number(abort, "grpcStatus", code);
      if ((status == 0) == (code == null)) {
        throw abort.invalid("httpStatus", "(expected: either httpStatus or grpcStatus)");
      }
      aborted = percentage(abort, "percentage");
      abort.rejectUnknown();
    }
    fields.rejectUnknown();
    return new RouteFilters.Fault(
        nanos, delayed, status, grpcStatus, aborted, Annotations.faultsUntil(metadata));
  }

  private static RouteFilters.@Nullable Answer answer(Fields rule) {
    Fields fields = rule.optionalObject("directResponse");
    if (fields == null) {
      return null;
    }
    Fields body = fields.objectOrEmpty("body");
    body.unsupported("bytes");
    RouteFilters.Answer answer =
        new RouteFilters.Answer(fields.integer("status", 200, 599), body.string("string", ""));
    body.rejectUnknown();
    fields.rejectUnknown();
    return answer;
  }

  /** Istio's {@code Percent}; all if absent. */
  static int percentage(Fields holder, String name) {
    Fields fields = holder.optionalObject(name);
    if (fields == null) {
      return ALL;
    }
    double percent = fields.decimal("value", 0, 100, 100);
    fields.rejectUnknown();
    return (int) Math.round(percent * (ALL / 100));
  }
}
