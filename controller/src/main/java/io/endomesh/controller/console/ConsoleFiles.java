package io.endomesh.controller.console;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ServerCacheControl;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.encoding.EncodingService;
import com.linecorp.armeria.server.file.FileService;
import com.linecorp.armeria.server.file.HttpFile;
import java.util.Set;

/**
 * The console's files, from the class path. A path that is no file is a page of the console, which
 * its script draws: it gets {@code index.html}. Immutable.
 */
final class ConsoleFiles {

  private static final String DIRECTORY = "console";

  /** Scripts, styles and requests from here only; nothing inline, nothing evaluated, no frames. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
          + " form-action 'self'; frame-ancestors 'none'";

  /** What is not there in these is not there. */
  private static final Set<String> NO_PAGES = Set.of("assets", "api");

  private ConsoleFiles() {}

  static HttpService service() {
    ClassLoader loader = ConsoleFiles.class.getClassLoader();
    HttpService index =
        HttpFile.builder(loader, DIRECTORY + "/index.html")
            .cacheControl(ServerCacheControl.REVALIDATED)
            .build()
            .asService();
    HttpService page =
        (context, request) ->
            isPage(context.path())
                ? index.serve(context, request)
                : HttpResponse.of(HttpStatus.NOT_FOUND);
    return FileService.builder(loader, DIRECTORY)
        .cacheControl(ServerCacheControl.REVALIDATED)
        .build()
        .orElse(page)
        .decorate(EncodingService.newDecorator())
        .decorate(ConsoleFiles::withSecurityHeaders);
  }

  /**
   * Pages are told by where they are, not by a missing extension: names of services and resources
   * may hold dots, {@code /services/shop/orders.v1}. Files are in {@code /assets} and at the top.
   */
  private static boolean isPage(String path) {
    int end = path.indexOf('/', 1);
    String first = path.substring(1, end < 0 ? path.length() : end);
    return !NO_PAGES.contains(first) && first.indexOf('.') < 0;
  }

  static HttpResponse withSecurityHeaders(
      HttpService next, ServiceRequestContext context, HttpRequest request) throws Exception {
    return next.serve(context, request).mapHeaders(ConsoleFiles::secured);
  }

  static ResponseHeaders secured(ResponseHeaders headers) {
    return headers.toBuilder()
        .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)
        .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .set(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
        .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
        .build();
  }
}
