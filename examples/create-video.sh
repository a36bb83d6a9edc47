#!/bin/sh
# Uploads a clip, creates a video of it, waits until it is done and downloads it. Needs only curl.
#
# Run it while `npm run dev` is running:
#
#   sh examples/create-video.sh [CLIP]
#
# CLIP is a video or image file; the default is samples/dusk.mp4. The video is saved as final-1.mp4 in the current folder.
#
# Environment:
#   BASE     address of the service; default http://localhost:8080
#   API_KEY  API key, if the service asks for one
set -eu

BASE=${BASE:-http://localhost:8080}
CLIP=${1:-$(dirname "$0")/../samples/dusk.mp4}

# Sends a request and prints the JSON response. If the service refuses it, prints the reason and ends the script.
call() {
  response=$(curl -sS ${API_KEY:+-H "x-api-key: $API_KEY"} "$@") || exit 1
  case $response in
    '{"status":200,'*) printf '%s\n' "$response" ;;
    *) printf 'The request failed: %s\n' "$response" >&2; exit 1 ;;
  esac
}

# Prints a text or number field of a JSON response. A program would use a JSON parser.
field() { sed -E "s/.*\"$1\":(\"(([^\"\\\\]|\\\\.)*)\"|(-?[0-9.]+)).*/\2\4/"; }

upload=$(call "$BASE/api/v1/video_materials" -F "file=@$CLIP")
file=$(printf '%s' "$upload" | field file)
echo "Uploaded $file"

created=$(call "$BASE/api/v1/videos" -H 'content-type: application/json' -d '{
  "video_script": "Edgereel makes short videos at the edge.",
  "video_materials": [{"url": "'"$file"'"}],
  "video_clip_duration": 2
}')
task_id=$(printf '%s' "$created" | field task_id)
echo "Created task $task_id"

while :; do
  task=$(call "$BASE/api/v1/tasks/$task_id")
  case $(printf '%s' "$task" | field state) in
    1) break ;;
    -1) printf 'The task failed: %s\n' "$(printf '%s' "$task" | field error)" >&2; exit 1 ;;
  esac
  echo "Progress: $(printf '%s' "$task" | field progress) %"
  sleep 1
done

curl -sS --fail ${API_KEY:+-H "x-api-key: $API_KEY"} -o final-1.mp4 "$BASE/api/v1/download/$task_id/final-1.mp4"
echo "Saved final-1.mp4"
