package io.endomesh.controller.console;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ServerCacheControl;
import com.linecorp.armeria.server.HttpService;
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
        .decorate(EncodingService.newDecorator());
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
}
