package io.endomesh.controller.kinds;

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
    return new RouteFilters(
        request,
        response,
        redirect(rule),
        rewrite(rule),
        mirrors(metadata, rule),
        fault(rule),
        answer(rule),
        CorsFields.ofVirtualService(rule));
  }

  /** One destination of a route, with its weight and its own header changes. */
  static RouteResource.Backend backend(MeshResource.Metadata metadata, Fields route) {
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
            null);
    headers.rejectUnknown();
    return destination(
        metadata, route.object("destination"), route.integer("weight", 0, ALL, 1), filters);
  }

  private static RouteResource.Backend destination(
      MeshResource.Metadata metadata, Fields fields, int weight, RouteFilters filters) {
    String host = fields.string("host").toLowerCase(Locale.ROOT);
    String[] labels = host.split("\\.", -1);
    if (labels.length > 2 && !labels[2].equals("svc")) {
      throw fields.invalid("host", "'" + host + "' (expected: a service of the mesh)");
    }
    Fields port = fields.objectOrEmpty("port");
    RouteResource.Backend backend =
        new RouteResource.Backend(
            labels.length == 1 ? metadata.namespace() : labels[1],
            labels[0],
            fields.optionalString("subset"),
            port.has("number") ? (Integer) port.integer("number", 1, 65535) : null,
            weight,
            filters);
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
              result.put(lower, value);
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
        new RouteFilters.Redirect(
            fields.integer("redirectCode", 301, 308, 301),
            fields.optionalString("scheme"),
            fields.optionalString("authority"),
            fields.has("port") ? (Integer) fields.integer("port", 1, 65535) : null,
            uri == null ? null : new PathChange.Full(uri));
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
      path = new PathChange.Regex(regex.regex("match"), regex.string("rewrite", ""));
      regex.rejectUnknown();
    }
    RouteFilters.Rewrite rewrite =
        new RouteFilters.Rewrite(fields.optionalString("authority"), path);
    fields.rejectUnknown();
    return rewrite;
  }

  private static List<RouteFilters.Mirror> mirrors(MeshResource.Metadata metadata, Fields rule) {
    List<RouteFilters.Mirror> mirrors = new ArrayList<>();
    Fields one = rule.optionalObject("mirror");
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

  private static RouteFilters.@Nullable Fault fault(Fields rule) {
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
    return new RouteFilters.Fault(nanos, delayed, status, grpcStatus, aborted);
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
