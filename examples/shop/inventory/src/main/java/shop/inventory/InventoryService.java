package shop.inventory;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import shop.inventory.api.InventoryGrpc;
import shop.inventory.api.ReserveReply;
import shop.inventory.api.ReserveRequest;
import shop.inventory.api.StockLevel;
import shop.inventory.api.WatchRequest;

/** Reserves stock; there is always enough. */
final class InventoryService extends InventoryGrpc.InventoryImplBase {

  private final String version;
  private final Switch mode;
  private final String instance = Long.toString(ProcessHandle.current().pid());

  InventoryService(String version, Switch mode) {
    this.version = version;
    this.mode = mode;
  }

  @Override
  public void reserve(ReserveRequest request, StreamObserver<ReserveReply> reply) {
    if (mode.unavailable()) {
      reply.onError(
          Status.UNAVAILABLE.withDescription("stock is being counted").asRuntimeException());
      return;
    }
    long delayMillis = mode.delayMillis();
    if (delayMillis > 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMillis));
    }
    reply.onNext(
        ReserveReply.newBuilder()
            .setReserved(true)
            .setVersion(version)
            .setInstance(instance)
            .build());
    reply.onCompleted();
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<StockLevel> levels) {
    for (int i = request.getMessages(); i > 0; i--) {
      levels.onNext(StockLevel.newBuilder().setQuantity(i).setVersion(version).build());
    }
    levels.onCompleted();
  }
}
