package io.endomesh.instrumentation.urlconnection;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.AttemptResult;
import io.endomesh.dataplane.BlockingCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.LocalAnswer;
import io.endomesh.weaving.Suppressed;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way, whose body the application streams: attempts are made until one is
 * connected; from its head on there is no other. Thread-safe in {@link #giveUp}.
 */
final class StreamedCall
    implements BlockingCall.Exchange<StreamedCall.Begun, IOException>, GivenUp {

  /** Where the body goes, and how the answer comes. */
  interface Begun {
    OutputStream body();

    Answer answer() throws IOException;
  }

  private final AppRequest request;
  private final RequestView view;
  private final Call call;
  private final CountDownLatch givenUp = new CountDownLatch(1);
  private volatile @Nullable HttpAttempt underWay;
  private @Nullable RuntimeException thrown;

  private StreamedCall(AppRequest request, RequestView view, Call call) {
    this.request = request;
    this.view = view;
    this.call = call;
  }

  /** Null if the host is not in the mesh. */
  static @Nullable StreamedCall of(AppRequest request) {
    RequestView view = RequestView.of(request);
    Call call = view == null ? null : MeshCall.begin(view);
    return view == null || call == null ? null : new StreamedCall(request, view, call);
  }

  /** By the JDK as if there were no mesh. */
  static Begun byJdk(AppRequest request) throws IOException {
    HttpURLConnection connection = request.open();
    OutputStream out = connection.getOutputStream();
    return new Begun() {
      @Override
      public OutputStream body() {
        return out;
      }

      @Override
      public Answer answer() throws IOException {
        return MeshCall.answerOf(connection);
      }
    };
  }

  Begun begin() throws IOException {
    try {
      return BlockingCall.run(call, this);
    } catch (InterruptedException e) {
      throw MeshCall.interrupted(e);
    } catch (RuntimeException e) {
      if (e == thrown) {
        throw e; // The JDK's, or of code of the application inside it.
      }
      Suppressed.report(e);
      return byJdk(request);
    }
  }

  @Override
  public void giveUp() {
    givenUp.countDown();
    HttpAttempt attempt = underWay;
    if (attempt != null) {
      attempt.breakOff();
      // Nobody may ask for its answer any more.
      attempt.failed(new InterruptedIOException("the call was given up"));
    }
  }

  @Override
  public AttemptResult<Begun> exchange(Attempt attempt) throws IOException {
    HttpAttempt http = new HttpAttempt(attempt);
    underWay = http;
    if (givenUp.getCount() == 0) {
      http.breakOff();
    }
    http.startClock();
    try {
      HttpURLConnection connection = request.open(attempt, request.settings().authenticator());
      AnswerCookies cookies = new AnswerCookies(CookieHandler.getDefault());
      UnderWay sending =
          new UnderWay(http, connection, request.ownTls(attempt), view.wire(), cookies);
      OutputStream out =
          sending.around(
              () -> {
                sending.connect();
                return connection.getOutputStream();
              });
      return new AttemptResult.Delivered<>(new Sent(http, sending, out));
    } catch (RuntimeException e) {
      thrown = e;
      http.failed(e);
      throw e;
    } catch (IOException | Error e) {
      HttpAttempt.Next next = http.failed(e);
      if (next == null) {
        throw e;
      }
      Reply reply = next.reply();
      return reply == null
          ? new AttemptResult.Again<>(next.delayNanos())
          : new AttemptResult.Delivered<>(reply(reply));
    }
  }

  /** Head and connection of the only attempt that will be. */
  private final class Sent implements Begun {
    private final HttpAttempt http;
    private final UnderWay sending;
    private final OutputStream body;
    private boolean broke;

    Sent(HttpAttempt http, UnderWay sending, OutputStream body) {
      this.http = http;
      this.sending = sending;
      this.body = new StreamedBody(body, this::broke);
    }

    /** The application may ask for no answer then, so the attempt ends here. */
    private void broke(IOException failure) {
      broke = true;
      http.failed(failure);
    }

    @Override
    public OutputStream body() {
      return body;
    }

    @Override
    public Answer answer() throws IOException {
      Answer answer;
      try {
        answer = sending.around(sending::answer);
      } catch (IOException | RuntimeException | Error e) {
        HttpAttempt.Next next = http.failed(e);
        Reply reply = next == null ? null : next.reply();
        if (reply == null) {
          throw e;
        }
        return reply(reply).answer();
      }
      if (broke) {
        return answer; // Some servers answer before they have read all.
      }
      if (!http.isAnswered()) {
        answer.drop();
        throw new InterruptedIOException("the attempt was broken off as its answer came");
      }
      answer.delivered();
      return answer;
    }
  }

  @Override
  public void pause(long nanos) throws IOException, InterruptedException {
    waitUnlessGivenUp(nanos);
  }

  @Override
  public void backOff(long nanos) throws IOException, InterruptedException {
    waitUnlessGivenUp(nanos);
  }

  private void waitUnlessGivenUp(long nanos) throws IOException, InterruptedException {
    if (givenUp.await(nanos, TimeUnit.NANOSECONDS)) {
      throw new InterruptedIOException("the call was given up");
    }
  }

  /** Nobody reads the body. */
  @Override
  public Begun reply(Reply reply) {
    Answer answer = new LocalResponse(request.url(), LocalAnswer.of(reply, request.method()));
    return new Begun() {
      @Override
      public OutputStream body() {
        return OutputStream.nullOutputStream();
      }

      @Override
      public Answer answer() {
        return answer;
      }
    };
  }
}
