package io.endomesh.controller.kinds;

import io.endomesh.controller.kinds.RouteFilters.HeaderEdits;
import io.endomesh.controller.kinds.RouteFilters.PathChange;
import io.endomesh.controller.kinds.RouteResource.Backend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the {@code filters} of HTTPRoute and GRPCRoute. Stateless. */
final class FilterFields {

  private static final int ALL = 1_000_000;

  private static final Set<Integer> REDIRECT_STATUSES = Set.of(301, 302, 303, 307, 308);

  /** Headers that frame a message or name its target: a filter that changed them would break it. */
  private static final Set<String> UNTOUCHABLE =
      Set.of("host", "content-length", "transfer-encoding", "connection", "te", "upgrade");

  enum Type {
    RequestHeaderModifier,
    ResponseHeaderModifier,
    RequestRedirect,
    URLRewrite,
    RequestMirror,
    CORS,
    ExtensionRef
  }

  enum PathType {
    ReplaceFullPath,
    ReplacePrefixMatch
  }

  private FilterFields() {}

  /**
   * @param allowed what this place of this kind may hold
   * @param backend reads the backend of a mirror
   */
  static RouteFilters read(Fields holder, Set<Type> allowed, Function<Fields, Backend> backend) {
    Reading reading = new Reading(holder, allowed, backend);
    holder.objects("filters", reading::filter);
    return reading.filters();
  }

  /**
   * Collects the filters of one list, each of which may stand there once, save mirrors and
   * extensions.
   */
  private static final class Reading {

    private final Fields holder;
    private final Set<Type> allowed;
    private final Function<Fields, Backend> backend;
    private final List<RouteFilters.Mirror> mirrors = new ArrayList<>();
    private final List<String> queryModifiers = new ArrayList<>();
    private @Nullable HeaderEdits request;
    private @Nullable HeaderEdits response;
    private RouteFilters.@Nullable Redirect redirect;
    private RouteFilters.@Nullable Rewrite rewrite;
    private RouteFilters.@Nullable Cors cors;

    Reading(Fields holder, Set<Type> allowed, Function<Fields, Backend> backend) {
      this.holder = holder;
      this.allowed = allowed;
      this.backend = backend;
    }

    Type filter(Fields filter) {
      String name = filter.string("type");
      if (name.equals("ExternalAuth")) {
        throw filter.invalid("type", "'" + name + "': not supported in this release");
      }
      Type type = filter.oneOf("type", Type.class, Type.RequestHeaderModifier);
      if (!allowed.contains(type)) {
        throw filter.invalid("type", "'" + name + "' (expected here: " + names() + ")");
      }
      switch (type) {
        case RequestHeaderModifier ->
            request = once(request, filter, edits(filter.object("requestHeaderModifier")));
        case ResponseHeaderModifier ->
            response = once(response, filter, edits(filter.object("responseHeaderModifier")));
        case RequestRedirect ->
            redirect = once(redirect, filter, redirect(filter.object("requestRedirect")));
        case URLRewrite -> rewrite = once(rewrite, filter, rewrite(filter.object("urlRewrite")));
        case CORS -> cors = once(cors, filter, CorsFields.ofFilter(filter.object("cors")));
        case RequestMirror -> mirrors.add(mirror(filter.object("requestMirror")));
        case ExtensionRef -> queryModifiers.add(extension(filter.object("extensionRef")));
      }
      return type;
    }

    RouteFilters filters() {
      if (redirect != null && !mirrors.isEmpty()) {
        holder.warn("filters", "RequestMirror has no effect beside a RequestRedirect");
      }
      if (redirect != null && !queryModifiers.isEmpty()) {
        holder.warn("filters", "ExtensionRef has no effect beside a RequestRedirect");
      }
      if (redirect != null && rewrite != null) {
        throw holder.invalid(
            "filters", "both RequestRedirect and URLRewrite (expected: at most one of them)");
      }
      return new RouteFilters(
          request == null ? HeaderEdits.NONE : request,
          response == null ? HeaderEdits.NONE : response,
          redirect,
          rewrite,
          mirrors,
          null,
          null,
          cors,
          queryModifiers);
    }

    private String names() {
      return String.join(", ", allowed.stream().map(Type::name).sorted().toList());
    }

    private RouteFilters.Mirror mirror(Fields fields) {
      Backend to = backend.apply(fields.object("backendRef"));
      int perMillion = ALL;
      Fields fraction = fields.optionalObject("fraction");
      if (fraction != null) {
        int denominator = fraction.integer("denominator", 1, Integer.MAX_VALUE, 100);
        int numerator = fraction.integer("numerator", 0, denominator);
        perMillion = (int) ((long) numerator * ALL / denominator);
        fraction.rejectUnknown();
        if (fields.has("percent")) {
          throw fields.invalid("percent", "beside fraction (expected: one of them)");
        }
      } else if (fields.has("percent")) {
        perMillion = fields.integer("percent", 0, 100) * (ALL / 100);
      }
      fields.rejectUnknown();
      return new RouteFilters.Mirror(to, perMillion);
    }
  }

  /** The name of a QueryParameterModifier, which is the only extension there is. */
  private static String extension(Fields fields) {
    only(fields, "group", QueryParameterModifier.API_GROUP);
    only(fields, "kind", QueryParameterModifier.KIND);
    String name = fields.string("name");
    fields.rejectUnknown();
    return name;
  }

  private static void only(Fields fields, String field, String expected) {
    String value = fields.string(field);
    if (!value.equals(expected)) {
      throw fields.invalid(field, "'" + value + "' (expected: " + expected + ")");
    }
  }

  private static <T> T once(@Nullable T before, Fields filter, T read) {
    if (before != null) {
      throw filter.invalid("type", "'" + filter.string("type") + "' twice (expected: once a rule)");
    }
    return read;
  }

  static HeaderEdits edits(Fields fields) {
    Map<String, String> set = named(fields, "set");
    Map<String, String> add = named(fields, "add");
    List<String> remove =
        fields.strings("remove").stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    remove.forEach(name -> touchable(fields, "remove", name));
    fields.rejectUnknown();
    return new HeaderEdits(set, add, remove);
  }

  private static Map<String, String> named(Fields fields, String list) {
    Map<String, String> headers = new LinkedHashMap<>();
    fields.objects(
        list,
        header -> {
          String name = header.string("name").toLowerCase(Locale.ROOT);
          touchable(header, "name", name);
          String value = header.string("value", "");
          oneLine(header, "value", value);
          if (headers.put(name, value) != null) {
            throw header.invalid("name", "'" + name + "' twice (expected: once)");
          }
          return name;
        });
    return headers;
  }

  /** Also for kinds that write headers as a map. */
  static void touchable(Fields fields, String field, String name) {
    if (UNTOUCHABLE.contains(name) || name.startsWith(":")) {
      throw fields.invalid(
          field, "'" + name + "' (expected: a header that does not frame the message)");
    }
    HeaderNames.read(fields, field, name);
  }

  /** What is a header's value may not end it (RFC 9110, 5.5). */
  static void oneLine(Fields fields, String field, String value) {
    if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
      throw fields.invalid(field, "a control character in it (expected: none)");
    }
  }

  /** A path that has no query after it. */
  static void pathOnly(Fields fields, String field, String path) {
    if (path.indexOf('?') >= 0) {
      throw fields.invalid(field, "'" + path + "' (expected: a path without a query)");
    }
  }

  private static RouteFilters.Redirect redirect(Fields fields) {
    PathChange path = path(fields);
    if (path instanceof PathChange.Full full) {
      pathOnly(fields, "path.replaceFullPath", full.path());
    }
    RouteFilters.Redirect redirect = redirect(fields, "statusCode", 302, "hostname", path);
    fields.rejectUnknown();
    return redirect;
  }

  /**
   * Also for kinds that have other names for the same.
   *
   * @param otherwise the status if none is given
   */
  static RouteFilters.Redirect redirect(
      Fields fields, String status, int otherwise, String host, @Nullable PathChange path) {
    int code = fields.integer(status, 301, 308, otherwise);
    if (!REDIRECT_STATUSES.contains(code)) {
      throw fields.invalid(status, code + " (expected: 301, 302, 303, 307 or 308)");
    }
    String scheme = fields.optionalString("scheme");
    if (scheme != null && !scheme.equals("http") && !scheme.equals("https")) {
      throw fields.invalid("scheme", "'" + scheme + "' (expected: http or https)");
    }
    Integer port = fields.has("port") ? (Integer) fields.integer("port", 1, 65535) : null;
    String name = fields.optionalString(host);
    int colon = name == null ? -1 : name.indexOf(':', name.lastIndexOf(']') + 1);
    if (colon >= 0 && (port != null || !isPort(String.valueOf(name).substring(colon + 1)))) {
      throw fields.invalid(
          host, "'" + name + "' (expected: a host, with a port if there is no field port)");
    }
    return new RouteFilters.Redirect(code, scheme, name, port, path);
  }

  private static boolean isPort(String text) {
    return text.matches("[0-9]{1,5}")
        && Integer.parseInt(text) >= 1
        && Integer.parseInt(text) <= 65_535;
  }

  private static RouteFilters.Rewrite rewrite(Fields fields) {
    RouteFilters.Rewrite rewrite =
        new RouteFilters.Rewrite(fields.optionalString("hostname"), path(fields));
    fields.rejectUnknown();
    return rewrite;
  }

  private static @Nullable PathChange path(Fields holder) {
    Fields fields = holder.optionalObject("path");
    if (fields == null) {
      return null;
    }
    fields.string("type");
    PathChange change =
        switch (fields.oneOf("type", PathType.class, PathType.ReplaceFullPath)) {
          case ReplaceFullPath -> new PathChange.Full(fields.string("replaceFullPath"));
          case ReplacePrefixMatch -> new PathChange.Prefix(fields.string("replacePrefixMatch", ""));
        };
    fields.rejectUnknown();
    return change;
  }
}
