package io.endomesh.controller.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.access.Access;
import io.endomesh.controller.access.Right;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.Kind;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.store.Change;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.ResourceStore;
import io.endomesh.controller.store.StoreException;
import io.endomesh.controller.store.StoreUnreadable;
import io.endomesh.controller.store.Write;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.Requirements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What was changed by whom and why, and taking back one revision of it. Thread-safe. */
@Blocking
public final class HistoryApi {

  /** More than a person scrolls through. */
  private static final int MAX_HISTORY = 500;

  private final ResourceStore store;
  private final ResourceJson json;
  private final Supplier<MeshModel> model;

  HistoryApi(ResourceStore store, ResourceJson json, Supplier<MeshModel> model) {
    this.store = store;
    this.json = json;
    this.model = model;
  }

  @Get("/history")
  public HttpResponse history(
      @Param("kind") @Default("") String kind,
      @Param("namespace") @Default("") String namespace,
      @Param("name") @Default("") String name,
      @Param("revision") @Default("0") long revision,
      @Param("limit") @Default("50") int limit) {
    long parts = List.of(kind, namespace, name).stream().filter(part -> !part.isEmpty()).count();
    if (parts != 0 && parts != 3) {
      return ApiAnswers.invalid(
          "kind, namespace, name: '%s', '%s', '%s' (expected: all three of a resource, or none)"
              .formatted(kind, namespace, name));
    }
    if (revision > 0) {
      return told(() -> store.ofRevision(revision));
    }
    String known = Kind.named(kind).or(() -> Kind.ofPlural(kind)).map(Kind::kindName).orElse(kind);
    ResourceKey key = parts == 0 ? null : new ResourceKey(known, namespace, name);
    int atMost = Math.max(1, Math.min(limit, MAX_HISTORY));
    return told(() -> store.history(key, atMost));
  }

  private HttpResponse told(Supplier<List<Change>> changes) {
    try {
      return ApiAnswers.ok(json.history(changes.get()));
    } catch (StoreUnreadable e) {
      return ApiErrors.unavailable(e);
    }
  }

  /**
   * Gives all that one revision changed what it had before, as a new revision: all of it or
   * nothing. What was changed since is not overwritten.
   */
  @Post("/history/{revision}/rollback")
  public HttpResponse rollback(
      ServiceRequestContext request,
      @Param("revision") long revision,
      @Param("dryRun") @Default("false") boolean dryRun) {
    List<Change> changes = store.ofRevision(revision);
    if (changes.isEmpty()) {
      return ApiAnswers.notFound(
          "revision: %d is not in the history (expected: from 1 to %d)"
              .formatted(revision, store.resources().revision()));
    }
    for (Change change : changes) {
      HttpResponse refusal = Access.refusal(request, Right.APPLY, change.key().namespace());
      if (refusal != null) {
        return refusal;
      }
      long newest = store.history(change.key(), 1).get(0).revision();
      if (newest != revision) {
        return ApiAnswers.conflict(
            "%s: was changed since, at revision %d (expected: not after revision %d); nothing was changed"
                .formatted(change.key(), newest, revision));
      }
    }
    try {
      List<Write> writes = writes(changes);
      if (!dryRun) {
        store.write(Access.actor(request).because("rollback of revision " + revision), writes);
      }
      return ApiAnswers.ok(
          json.rolledBack(revision, changes, dryRun, store.resources().revision()));
    } catch (InvalidResourceException e) {
      return ApiAnswers.invalid(e);
    } catch (StoreException e) {
      return ApiAnswers.refused(e, false);
    }
  }

  /** What was applied long ago need not be valid in this version: then it is refused. */
  private List<Write> writes(List<Change> changes) throws InvalidResourceException {
    List<ParsedResource> parsed = new ArrayList<>();
    List<Write> writes = new ArrayList<>();
    for (Change change : changes) {
      // Nothing may come between: what the revision left is still there.
      long expected = change.after() == null ? Write.ABSENT : change.revision();
      String before = change.before();
      if (before == null) {
        writes.add(new Write.Delete(change.key(), expected));
        continue;
      }
      for (Map<?, ?> document : ResourceParser.documents(before)) {
        ParsedResource resource = ResourceParser.parse(document);
        parsed.add(resource);
        writes.add(new Write.Put(change.key(), resource.body(), expected));
      }
    }
    Requirements.check(model.get(), parsed);
    return writes;
  }
}
