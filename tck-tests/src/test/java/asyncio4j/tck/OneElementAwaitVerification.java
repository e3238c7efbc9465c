package asyncio4j.tck;

import org.testng.annotations.Test;

/**
 * A task that awaits one element at most. The two checks of the TCK that send a second one are run
 * with one.
 */
public abstract class OneElementAwaitVerification extends AwaitWhiteboxVerification
        implements OneElement {

    @Override
    public boolean isRunWithOne(String check) {
        return check.equals("required_exerciseWhiteboxHappyPath")
                || check.equals(
                        "required_spec308_requestMustRegisterGivenNumberElementsToBeProduced");
    }

    @Override
    @Test
    public void required_exerciseWhiteboxHappyPath() throws InterruptedException {
        WhiteboxTestStage stage = new WhiteboxTestStage(environment());
        stage.puppet().triggerRequest(1);
        stage.expectRequest();
        stage.signalNext();
        stage.probe.expectNext(stage.lastT);
        stage.puppet().signalCancel();
        stage.expectCancelling();
        stage.verifyNoAsyncErrors();
    }

    @Override
    @Test
    public void required_spec308_requestMustRegisterGivenNumberElementsToBeProduced()
            throws InterruptedException {
        WhiteboxTestStage stage = new WhiteboxTestStage(environment());
        stage.puppet().triggerRequest(1);
        stage.expectRequest();
        stage.probe.expectNext(stage.signalNext());
        stage.probe.expectNone();
        stage.puppet().triggerRequest(1);
        stage.verifyNoAsyncErrors();
    }
}
